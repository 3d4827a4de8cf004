import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { listReviews } from '../../../data-access/reviews.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function listReviewsRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.listReviews, async ({ principal, query }) => {
    const { status = 'open', kind = null, from = null, to = null, cursor, limit } = query;
    const filter = {
      ...{ status, kind, from, to },
      sourceId: query.source_id ?? null,
      unknownFaceId: query.unknown_face_id ?? null,
      before: cursor === undefined ? null : decodeListCursor(cursor, [cursorParts.uuid])[0],
      limit: limit + 1,
    };
    const rows = await withOrganization(pool, principal.organizationId, (client) => listReviews(client, filter));
    const { page, nextCursor } = cutPage(rows, limit, ({ review_id }) => [review_id]);
    return reply(200, 'REVIEWS_LISTED', 'Sightings for a person to decide on.', page, { nextCursor });
  });
}
