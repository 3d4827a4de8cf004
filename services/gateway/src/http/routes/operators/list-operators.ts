import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { listUsers } from '../../../data-access/users.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { operatorOut, operatorRoles } from './operator-out.js';

export function listOperatorsRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.listOperators, async ({ principal, query }) => {
    const { search, is_active: isActive = null, cursor, limit } = query;
    const before = cursor === undefined ? null : decodeListCursor(cursor, [cursorParts.uuid])[0];
    const options = {
      search: search === undefined ? null : search.normalize('NFC'),
      department: null,
      isActive,
      roles: operatorRoles,
      before,
      limit: limit + 1,
    };
    const rows = await withOrganization(pool, principal.organizationId, (client) => listUsers(client, options));
    const { page, nextCursor } = cutPage(rows, limit, ({ user_id }) => [user_id]);
    return reply(200, 'OPERATORS_LISTED', 'Operators and admins.', page.map(operatorOut), { nextCursor });
  });
}
