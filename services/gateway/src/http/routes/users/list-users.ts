import { operations, roles, type Role } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { listUsers } from '../../../data-access/users.js';
import { personText } from '../../../domain/person-text.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function listUsersRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.listUsers, async ({ principal, query }) => {
    const { search, department, is_active: isActive = null, role, cursor, limit } = query;
    const before = cursor === undefined ? null : decodeListCursor(cursor, [cursorParts.uuid])[0];
    const wanted: readonly Role[] = role === undefined ? roles : [role];
    const rows = await withOrganization(pool, principal.organizationId, (client) =>
      listUsers(client, {
        search: search === undefined ? null : search.normalize('NFC'),
        department: department === undefined ? null : personText(department),
        isActive,
        roles: wanted,
        before,
        limit: limit + 1,
      }),
    );
    const { page, nextCursor } = cutPage(rows, limit, ({ user_id }) => [user_id]);
    return reply(200, 'USERS_LISTED', 'People.', page, { nextCursor });
  });
}
