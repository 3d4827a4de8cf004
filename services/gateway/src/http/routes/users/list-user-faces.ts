import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { listFaces, type FacePlace } from '../../../data-access/faces.js';
import { loadUserState } from '../../../data-access/users.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function listUserFacesRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.listUserFaces, async ({ principal, params, query: { cursor, limit } }) => {
    const after = cursor === undefined ? null : placeOf(cursor);
    const rows = await withOrganization(pool, principal.organizationId, async (client) => {
      if ((await loadUserState(client, params.user_id, null)) === undefined) throw new AppError('USER_NOT_FOUND');
      return listFaces(client, { userId: params.user_id, after, limit: limit + 1 });
    });
    const { page, nextCursor } = cutPage(rows, limit, ({ place }) => [place.createdAtUs, place.faceId]);
    const faces = page.map(({ face }) => face);
    return reply(200, 'FACES_LISTED', 'Enrolled faces.', faces, { nextCursor });
  });
}

function placeOf(cursor: string): FacePlace {
  const [createdAtUs, faceId] = decodeListCursor(cursor, [cursorParts.microseconds, cursorParts.uuid]);
  return { createdAtUs, faceId };
}
