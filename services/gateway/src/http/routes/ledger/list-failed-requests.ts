import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { listFailedRequests } from '../../../data-access/failed-requests.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function listFailedRequestsRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.listFailedRequests, async ({ principal, query }) => {
    const {
      kind = null,
      status = null,
      reason = null,
      discarded = 'no',
      from = null,
      to = null,
      cursor,
      limit,
    } = query;
    const filter = {
      ...{ kind, status, reason, from, to },
      discarded: discarded === 'all' ? null : discarded === 'yes',
      before: cursor === undefined ? null : decodeListCursor(cursor, [cursorParts.uuid])[0],
      limit: limit + 1,
    };
    const rows = await withOrganization(pool, principal.organizationId, (client) => listFailedRequests(client, filter));
    const { page, nextCursor } = cutPage(rows, limit, ({ request_id }) => [request_id]);
    return reply(200, 'FAILED_REQUESTS_LISTED', 'Requests that failed or expired.', page, { nextCursor });
  });
}
