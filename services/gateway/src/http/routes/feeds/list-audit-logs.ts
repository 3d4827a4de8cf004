import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { listAuditLogs } from '../../../data-access/audit-logs.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function listAuditLogsRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.listAuditLogs, async ({ principal, query }) => {
    const { action = null, actor = null, subject = null, from = null, to = null, cursor, limit } = query;
    const before = cursor === undefined ? null : decodeListCursor(cursor, [cursorParts.integer])[0];
    const filter = { action, actor, subject, from, to, before, limit: limit + 1 };
    const rows = await withOrganization(pool, principal.organizationId, (client) => listAuditLogs(client, filter));
    const { page, nextCursor } = cutPage(rows, limit, ({ sequence }) => [String(sequence)]);
    return reply(200, 'AUDIT_LOGS_LISTED', 'Audit rows.', page, { nextCursor });
  });
}
