import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { loadUser } from '../../../data-access/users.js';
import { entityTag } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { operatorOut } from './operator-out.js';

export function getOperatorRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.getOperator, async ({ principal, params }) => {
    const { operator_id: id } = params;
    const user = await withOrganization(pool, principal.organizationId, (client) => loadUser(client, id));
    if (user === undefined || user.role === 'USER') throw new AppError('USER_NOT_FOUND');
    return reply(200, 'OPERATOR_FOUND', 'The operator.', operatorOut(user), {
      headers: { ETag: entityTag(user.version) },
    });
  });
}
