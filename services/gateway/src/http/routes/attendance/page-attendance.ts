import type { AttendanceOut } from '@rollcall/contracts';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { loadAttendanceLogs } from '../../../data-access/attendance-logs.js';
import { listAttendance, type AttendanceFilter } from '../../../data-access/attendance-records.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';

export interface AttendancePageQuery {
  readonly from?: string;
  readonly to?: string;
  readonly status?: string;
  readonly include?: 'logs';
  readonly cursor?: string;
  readonly limit: number;
}

/** Sightings told with a record at most: those of check-in and check-out come first. */
const LOGS_PER_RECORD = 20;

/** A page of records of an organization, for one person or for all. */
export async function pageAttendance(
  pool: Pool,
  organizationId: string,
  who: Pick<AttendanceFilter, 'userId' | 'department'>,
  query: AttendancePageQuery,
): Promise<{ page: AttendanceOut[]; nextCursor: string | null }> {
  const { from = null, to = null, status = null, limit } = query;
  const filter = { ...who, from, to, status, after: readCursor(query.cursor), limit: limit + 1 };
  return withOrganization(pool, organizationId, async (client) => {
    const rows = await listAttendance(client, filter);
    const cut = cutPage(rows, limit, ({ work_date, user_id, attendance_id }) => [work_date, user_id, attendance_id]);
    return query.include === 'logs' ? { ...cut, page: await addLogs(client, cut.page) } : cut;
  });
}

function readCursor(cursor: string | undefined): AttendanceFilter['after'] {
  if (cursor === undefined) return null;
  const [workDate, userId, id] = decodeListCursor(cursor, [cursorParts.date, cursorParts.uuid, cursorParts.uuid]);
  return { workDate, userId, id };
}

async function addLogs(client: ClientBase, records: readonly AttendanceOut[]): Promise<AttendanceOut[]> {
  const wanted = records.flatMap(({ evidence }) => evidence.slice(0, LOGS_PER_RECORD));
  const logs = new Map((await loadAttendanceLogs(client, wanted)).map((log) => [log.attendance_log_id, log]));
  return records.map((record) => ({
    ...record,
    logs: record.evidence.slice(0, LOGS_PER_RECORD).flatMap((id) => logs.get(id) ?? []),
  }));
}
