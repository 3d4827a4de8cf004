import type { AttendanceOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

/** Of work dates; people of a date come in the order of their ids either way. */
export type AttendanceOrder = 'asc' | 'desc';

export interface AttendanceFilter {
  readonly userId: string | null;
  readonly department: string | null;
  readonly status: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly order: AttendanceOrder;
  readonly after: { readonly workDate: string; readonly userId: string; readonly id: string } | null;
  readonly limit: number;
}

interface RecordRow {
  readonly id: string;
  readonly user_id: string;
  readonly full_name: string;
  readonly employee_code: string | null;
  readonly work_date: string;
  readonly shift_id: string | null;
  readonly check_in_at: Date | null;
  readonly check_out_at: Date | null;
  readonly status: AttendanceOut['status'];
  readonly worked_minutes: number;
  readonly break_minutes: number;
  readonly late_minutes: number;
  readonly early_leave_minutes: number;
  readonly overtime_minutes: number;
  readonly source: string;
  readonly corrected: boolean;
  readonly replaced: NonNullable<AttendanceOut['replaced']> | null;
  readonly evidence: string[];
}

const RECORD_COLUMNS = `
  r.id, r.user_id, u.full_name, p.employee_code, r.work_date, r.shift_id, r.check_in_at, r.check_out_at, r.status, r.worked_minutes,
  r.break_minutes, r.late_minutes, r.early_leave_minutes, r.overtime_minutes, r.source, r.corrected, r.replaced, r.evidence
  from attendance_records as r
  join users as u on u.id = r.user_id
  left join user_profiles as p on p.user_id = r.user_id`;

/** How each order says "further on than this date", and sorts. */
const orders = {
  asc: { name: 'list-attendance-asc', further: '>', sort: 'asc' },
  desc: { name: 'list-attendance', further: '<', sort: 'desc' },
} as const;

/** Records by work date, people of a date in the order of their ids. */
export async function listAttendance(client: ClientBase, filter: AttendanceFilter): Promise<AttendanceOut[]> {
  const { after } = filter;
  const { name, further, sort } = orders[filter.order];
  const { rows } = await client.query<RecordRow>({
    name,
    text: `select ${RECORD_COLUMNS}
           where ($1::uuid is null or r.user_id = $1) and ($2::text is null or p.department = $2)
             and ($3::text is null or r.status = $3)
             and ($4::date is null or r.work_date >= $4) and ($5::date is null or r.work_date <= $5)
             and ($6::date is null or r.work_date ${further} $6 or (r.work_date = $6 and (r.user_id, r.id) > ($7::uuid, $8::uuid)))
           order by r.work_date ${sort}, r.user_id, r.id limit $9`,
    values: [
      filter.userId,
      filter.department,
      filter.status,
      filter.from,
      filter.to,
      after?.workDate ?? null,
      after?.userId ?? null,
      after?.id ?? null,
      filter.limit,
    ],
  });
  return rows.map(toAttendanceOut);
}

/** The sightings a record stands on; undefined when there is no such record. */
export async function loadEvidence(client: ClientBase, attendanceId: string): Promise<readonly string[] | undefined> {
  const { rows } = await client.query<{ evidence: string[] }>({
    name: 'load-evidence',
    text: 'select evidence from attendance_records where id = $1',
    values: [attendanceId],
  });
  return rows[0]?.evidence;
}

function toAttendanceOut(row: RecordRow): AttendanceOut {
  return {
    attendance_id: row.id,
    user_id: row.user_id,
    full_name: row.full_name,
    employee_code: row.employee_code,
    work_date: row.work_date,
    shift_id: row.shift_id,
    check_in_at: row.check_in_at?.toISOString() ?? null,
    check_out_at: row.check_out_at?.toISOString() ?? null,
    status: row.status,
    worked_minutes: row.worked_minutes,
    break_minutes: row.break_minutes,
    late_minutes: row.late_minutes,
    early_leave_minutes: row.early_leave_minutes,
    overtime_minutes: row.overtime_minutes,
    source: row.source,
    corrected: row.corrected,
    replaced: row.replaced,
    evidence: row.evidence,
  };
}
