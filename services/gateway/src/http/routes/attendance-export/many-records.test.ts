import type { Pool } from '@rollcall/postgres';
import type { BuiltUser } from '@rollcall/testkit';

export interface ManyDays {
  readonly from: string;
  readonly days: number;
  readonly status?: string;
}

/** Records of a person on consecutive dates, 8:00 to 16:00 UTC, as many as wanted in one statement. */
export async function buildDays(owner: Pool, user: BuiltUser, { from, days, status = 'present' }: ManyDays) {
  await owner.query(
    `insert into attendance_records (id, organization_id, user_id, work_date, check_in_at, check_out_at, status, worked_minutes, source, event_id)
     select gen_random_uuid(), $1, $2, day::date, day at time zone 'UTC' + interval '8 h', day at time zone 'UTC' + interval '16 h', $5, 480, 'face', gen_random_uuid()
     from generate_series($3::timestamp, $3::timestamp + make_interval(days => $4 - 1), interval '1 day') as day`,
    [user.organizationId, user.id, from, days, status],
  );
}
