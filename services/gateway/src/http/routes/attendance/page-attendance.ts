import type { AttendanceOut } from '@rollcall/contracts';
import { withOrganization, type ClientBase, type Pool } from '@rollcall/postgres';
import { loadAttendanceLogs } from '../../../data-access/attendance-logs.js';
import {
  listAttendance,
  type AttendanceFilter,
  type AttendanceOrder,
} from '../../../data-access/attendance-records.js';
import { cursorParts, cutPage, decodeListCursor } from '../../reading/list-cursor.js';

export interface AttendancePageQuery {
  readonly from?: string;
  readonly to?: string;
  readonly status?: string;
  readonly order?: AttendanceOrder;
  readonly include?: 'logs';
  readonly cursor?: string;
  readonly limit: number;
}

/** Sightings told with a record at most: those of check-in and check-out come first. */
const LOGS_PER_RECORD = 20;
/** What cursors of lists with the oldest first begin with. */
const ASCENDING = /^asc$/;

/** A page of records of an organization, for one person or for all. */
export async function pageAttendance(
  pool: Pool,
  organizationId: string,
  who: Pick<AttendanceFilter, 'userId' | 'department'>,
  query: AttendancePageQuery,
): Promise<{ page: AttendanceOut[]; nextCursor: string | null }> {
  const { from = null, to = null, status = null, order = 'desc', limit } = query;
  const after = readCursor(query.cursor, order);
  const filter = { ...who, from, to, status, order, after, limit: limit + 1 };
  return withOrganization(pool, organizationId, async (client) => {
    const rows = await listAttendance(client, filter);
    const cut = cutPage(rows, limit, ({ work_date, user_id, attendance_id }) => [
      ...(order === 'asc' ? [order] : []),
      ...[work_date, user_id, attendance_id],
    ]);
    return query.include === 'logs' ? { ...cut, page: await addLogs(client, cut.page) } : cut;
  });
}

/** @throws INVALID_CURSOR also for one of the other order: it would leave out one half of the list. */
function readCursor(cursor: string | undefined, order: AttendanceOrder): AttendanceFilter['after'] {
  if (cursor === undefined) return null;
  const { date, uuid } = cursorParts;
  if (order === 'asc') {
    const [, workDate, userId, id] = decodeListCursor(cursor, [ASCENDING, date, uuid, uuid]);
    return { workDate, userId, id };
  }
  const [workDate, userId, id] = decodeListCursor(cursor, [date, uuid, uuid]);
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
