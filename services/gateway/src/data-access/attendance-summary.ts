import type { AttendanceSummary } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

interface SummaryRow extends Omit<AttendanceSummary, 'month' | 'days'> {
  readonly present: number;
  readonly late: number;
  readonly half_day: number;
  readonly absent: number;
  readonly on_leave: number;
  readonly holiday: number;
  readonly open: number;
}

/** What a month (YYYY-MM) of a person comes to. */
export async function summarizeMonth(client: ClientBase, userId: string, month: string): Promise<AttendanceSummary> {
  const { rows } = await client.query<SummaryRow>({
    name: 'summarize-month',
    text: `select
             count(*) filter (where status = 'present')::integer as present,
             count(*) filter (where status = 'late')::integer as late,
             count(*) filter (where status = 'half_day')::integer as half_day,
             count(*) filter (where status = 'absent')::integer as absent,
             count(*) filter (where status = 'on_leave')::integer as on_leave,
             count(*) filter (where status = 'holiday')::integer as holiday,
             count(*) filter (where status = 'open')::integer as open,
             count(*) filter (where corrected)::integer as corrected_days,
             coalesce(sum(worked_minutes), 0)::integer as worked_minutes,
             coalesce(sum(break_minutes), 0)::integer as break_minutes,
             coalesce(sum(late_minutes), 0)::integer as late_minutes,
             coalesce(sum(early_leave_minutes), 0)::integer as early_leave_minutes,
             coalesce(sum(overtime_minutes), 0)::integer as overtime_minutes
           from attendance_records
           where user_id = $1 and work_date >= $2::date and work_date < $2::date + interval '1 month'`,
    values: [userId, `${month}-01`],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('a summary has one row');
  const { present, late, half_day, absent, on_leave, holiday, open, ...sums } = row;
  return { month, days: { present, late, half_day, absent, on_leave, holiday, open }, ...sums };
}
