import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { loadUserInfo } from '../../../data-access/users.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function meRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.me, async ({ principal }) => {
    const { organizationId, userId } = principal;
    const user = await withOrganization(pool, organizationId, (client) => loadUserInfo(client, userId));
    if (user === undefined) throw new AppError('UNAUTHENTICATED');
    return reply(200, 'USER_INFO', 'This is you.', user);
  });
}
