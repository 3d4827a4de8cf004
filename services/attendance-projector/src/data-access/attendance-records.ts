import type { ClientBase } from '@rollcall/postgres';
import type { AttendanceRecord } from '../domain/attendance.js';

/** Writes the present state of records: new ones are inserted, others replaced. */
export async function upsertAttendanceRecords(client: ClientBase, records: readonly AttendanceRecord[]): Promise<void> {
  if (records.length === 0) return;
  await client.query({
    name: 'upsert-attendance-records',
    text: `insert into attendance_records
             (id, organization_id, user_id, work_date, shift_id, check_in_at, check_out_at, status, worked_minutes,
              break_minutes, late_minutes, early_leave_minutes, overtime_minutes, source, corrected, replaced,
              visit_count, evidence, policy_version_id, event_id)
           select r.id, r.organization_id, r.user_id, r.work_date, r.shift_id, r.check_in_at, r.check_out_at, r.status,
                  r.worked_minutes, r.break_minutes, r.late_minutes, r.early_leave_minutes, r.overtime_minutes, r.source,
                  r.corrected, r.replaced, r.visit_count, r.evidence, r.policy_version_id, r.event_id
           from jsonb_to_recordset($1::jsonb) as r
             (id uuid, organization_id uuid, user_id uuid, work_date date, shift_id uuid, check_in_at timestamptz,
              check_out_at timestamptz, status text, worked_minutes integer, break_minutes integer,
              late_minutes integer, early_leave_minutes integer, overtime_minutes integer, source text,
              corrected boolean, replaced jsonb, visit_count integer, evidence uuid[], policy_version_id uuid, event_id uuid)
           on conflict (id) do update set
             shift_id = excluded.shift_id, check_in_at = excluded.check_in_at,
             check_out_at = excluded.check_out_at, status = excluded.status,
             worked_minutes = excluded.worked_minutes, break_minutes = excluded.break_minutes,
             late_minutes = excluded.late_minutes, early_leave_minutes = excluded.early_leave_minutes,
             overtime_minutes = excluded.overtime_minutes, source = excluded.source, corrected = excluded.corrected,
             replaced = excluded.replaced, visit_count = excluded.visit_count, evidence = excluded.evidence,
             policy_version_id = excluded.policy_version_id, event_id = excluded.event_id`,
    values: [JSON.stringify(records.map(toRow))],
  });
}

/** Removes records of which nothing is left. */
export async function removeAttendanceRecords(
  client: ClientBase,
  organizationId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await client.query('delete from attendance_records where organization_id = $1 and id = any($2::uuid[])', [
    organizationId,
    ids,
  ]);
}

/** Removes records of an organization, `limit` at most, so that a replay writes them anew; answers how many. */
export async function deleteAttendanceRecords(
  client: ClientBase,
  organizationId: string,
  limit: number,
): Promise<number> {
  const { rowCount } = await client.query(
    `delete from attendance_records where ctid = any (array(select ctid from attendance_records where organization_id = $1 limit $2))`,
    [organizationId, limit],
  );
  return rowCount ?? 0;
}

function toRow(record: AttendanceRecord): object {
  return {
    id: record.id,
    organization_id: record.organizationId,
    user_id: record.userId,
    work_date: record.workDate,
    shift_id: record.shiftId,
    check_in_at: record.checkInAt,
    check_out_at: record.checkOutAt,
    status: record.status,
    worked_minutes: record.workedMinutes,
    break_minutes: record.breakMinutes,
    late_minutes: record.lateMinutes,
    early_leave_minutes: record.earlyLeaveMinutes,
    overtime_minutes: record.overtimeMinutes,
    source: record.source,
    corrected: record.corrected,
    replaced: record.replaced && {
      check_in_at: toDate(record.replaced.checkInAt),
      check_out_at: toDate(record.replaced.checkOutAt),
      status: record.replaced.status,
    },
    visit_count: record.visitCount,
    evidence: record.evidence,
    policy_version_id: record.policyVersionId,
    event_id: record.eventId,
  };
}

function toDate(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds);
}
