import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { loadUser } from '../../../data-access/users.js';
import { entityTag } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function getUserRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.getUser, async ({ principal, params }) => {
    const user = await withOrganization(pool, principal.organizationId, (client) => loadUser(client, params.user_id));
    if (user === undefined) throw new AppError('USER_NOT_FOUND');
    return reply(200, 'USER_FOUND', 'The person.', user, { headers: { ETag: entityTag(user.version) } });
  });
}
