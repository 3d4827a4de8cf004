import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { listSystemLogs } from '../../../data-access/system-logs.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function listSystemLogsRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.listSystemLogs, async ({ principal, query }) => {
    const { level, service, from = null, to = null, cursor, limit } = query;
    const before = cursor === undefined ? null : decodeListCursor(cursor, [cursorParts.integer])[0];
    const levels = level?.split(',') ?? null;
    const services = service?.split(',') ?? null;
    const filter = { levels, services, from, to, before, limit: limit + 1 };
    const rows = await withOrganization(pool, principal.organizationId, (client) => listSystemLogs(client, filter));
    const { page, nextCursor } = cutPage(rows, limit, (line) => [String(line.log_id)]);
    return reply(200, 'SYSTEM_LOGS_LISTED', 'Lines of the system log.', page, { nextCursor });
  });
}
