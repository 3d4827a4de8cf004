import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { loadAttendanceLogs } from '../../../data-access/attendance-logs.js';
import { loadEvidence } from '../../../data-access/attendance-records.js';
import { cursorParts, decodeListCursor, encodeListCursor } from '../../reading/list-cursor.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

/** The sightings behind a record, in the order in which the record names them: those of check-in and check-out first. */
export function listAttendanceEvidenceRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.listAttendanceEvidence, async ({ principal, params, query }) => {
    const { cursor, limit } = query;
    const start = cursor === undefined ? 0 : Number(decodeListCursor(cursor, [cursorParts.integer])[0]);
    const { logs, nextCursor } = await withOrganization(pool, principal.organizationId, async (client) => {
      const evidence = await loadEvidence(client, params.attendance_id);
      if (evidence === undefined) throw new AppError('NOT_FOUND');
      const end = start + limit;
      const ids = evidence.slice(start, end);
      const found = new Map((await loadAttendanceLogs(client, ids)).map((log) => [log.attendance_log_id, log]));
      return {
        logs: ids.flatMap((id) => found.get(id) ?? []),
        nextCursor: end < evidence.length ? encodeListCursor([String(end)]) : null,
      };
    });
    return reply(200, 'EVIDENCE_LISTED', 'The sightings.', logs, { nextCursor });
  });
}
