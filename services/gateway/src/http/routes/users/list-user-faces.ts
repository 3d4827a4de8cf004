import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { listFaces } from '../../../data-access/faces.js';
import { loadUserState } from '../../../data-access/users.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function listUserFacesRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.listUserFaces, async ({ principal, params }) => {
    const faces = await withOrganization(pool, principal.organizationId, async (client) => {
      if ((await loadUserState(client, params.user_id, null)) === undefined) throw new AppError('USER_NOT_FOUND');
      return listFaces(client, params.user_id);
    });
    return reply(200, 'FACES_LISTED', 'Enrolled faces.', faces, { nextCursor: null });
  });
}
