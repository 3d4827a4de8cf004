import { createPool } from '@rollcall/postgres';
import { ApiClient, startRollcall, waitUntil, type RunningRollcall } from '@rollcall/testkit/rollcall';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface AttendanceRecord {
  readonly attendance_id: string;
  readonly work_date: string;
  readonly status: string;
  readonly shift_id: string | null;
  readonly check_in_at: string | null;
  readonly worked_minutes: number;
  readonly break_minutes: number;
  readonly late_minutes: number;
}

const DAY = 86_400_000;

describe('rules and calendar, over HTTP through gateway and projector', () => {
  let rollcall: RunningRollcall;
  let api: ApiClient;
  let token: string;
  let userId: string;
  let shiftId: string;
  /** A Monday to Friday that lie wholly in the past. */
  let week: string[];

  beforeAll(async () => {
    rollcall = await startRollcall({ services: ['gateway', 'attendance-projector'] });
    api = new ApiClient(rollcall.url);
    token = await api.login(rollcall.admin.email, rollcall.admin.password);
    const added = await api.call<{ user_id: string }>('POST', '/v1/ops/user', {
      ...{ token, json: { full_name: 'Ada Lovelace' } },
    });
    userId = added.body.data.user_id;
    // Days that ended before somebody was added are nobody's absence.
    const owner = createPool({
      connectionString: rollcall.ownerUrl,
      applicationName: 'test',
      max: 1,
      onError: () => undefined,
    });
    await owner.query("update users set created_at = now() - interval '60 days' where id = $1", [userId]);
    await owner.end();
    const lastMonday = Date.now() - ((new Date().getUTCDay() + 6) % 7) * DAY - 14 * DAY;
    week = [0, 1, 2, 3, 4].map((day) => new Date(lastMonday + day * DAY).toISOString().slice(0, 10));
  });
  afterAll(async () => {
    await rollcall.close();
  });

  async function call<Data>(method: string, path: string, json?: unknown, headers: Record<string, string> = {}) {
    const answer = await api.call<Data>(method, path, { token, headers, ...(json === undefined ? {} : { json }) });
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer.body.data;
  }

  const recordsOfWeek = async (): Promise<AttendanceRecord[]> => {
    const span = `user_id=${userId}&from=${week[0] ?? ''}&to=${week[4] ?? ''}`;
    const records = await call<AttendanceRecord[]>('GET', `/v1/ops/attendance?${span}`);
    return records.toSorted((a, b) => (a.work_date < b.work_date ? -1 : 1));
  };
  const statuses = async () => (await recordsOfWeek()).map(({ status }) => status);
  const untilStatuses = (what: string, wanted: readonly string[]) =>
    waitUntil(what, async () => (JSON.stringify(await statuses()) === JSON.stringify(wanted) ? true : undefined));

  it('sets up a shift and assigns it: who was not there in the past is absent', async () => {
    const config = await call<{ shifts: { shift_id: string }[] }>('POST', '/v1/admin/config-org', {
      ...{ name: 'Works', timezone: 'UTC', locale: 'en', work_week: [1, 2, 3, 4, 5] },
      shifts: [
        { name: 'Day', starts_at: '09:00', ends_at: '17:00', breaks: [{ starts_at: '12:00', ends_at: '12:30' }] },
      ],
    });
    shiftId = config.shifts[0]?.shift_id ?? '';
    await call('POST', '/v1/ops/shift-assignment', {
      ...{ user_id: userId, valid_from: week[0], valid_until: week[4], pattern: [{ shift_id: shiftId }] },
    });
    await untilStatuses('five absences', ['absent', 'absent', 'absent', 'absent', 'absent']);
  });

  it('counts what is entered by hand by the shift, leave and holidays', async () => {
    await call('POST', '/v1/ops/manual_attendance', {
      items: [
        {
          ...{ user_id: userId, work_date: week[0], reason: 'the camera was off' },
          ...{ check_in_at: `${week[0] ?? ''}T09:08:00Z`, check_out_at: `${week[0] ?? ''}T17:00:00Z` },
        },
      ],
    });
    await call('POST', '/v1/ops/leave', { user_id: userId, starts_on: week[1], ends_on: week[2], kind: 'vacation' });
    await call('POST', '/v1/admin/holiday', { holiday_on: week[3], name: 'Founding Day' });
    await untilStatuses('a late day, leave and a holiday', ['late', 'on_leave', 'on_leave', 'holiday', 'absent']);
    expect((await recordsOfWeek())[0]).toMatchObject({
      ...{ shift_id: shiftId, late_minutes: 8, worked_minutes: 442, break_minutes: 30 },
    });
  });

  it('shows what a policy would do, does that and nothing else when it is applied', async () => {
    const change = { rules: { grace_minutes: 10 }, valid_from: week[0] };
    const preview = await call<{
      changed: number;
      differences: { attendance_id: string; after: { status: string } }[];
    }>(...(['POST', '/v1/admin/attendance-policy/preview', { ...change, from: week[0], to: week[4] }] as const));
    const before = await recordsOfWeek();
    expect(preview).toMatchObject({
      ...{ changed: 1, differences: [{ attendance_id: before[0]?.attendance_id, after: { status: 'present' } }] },
    });
    const { version } = await call<{ version: number }>('GET', '/v1/admin/attendance-policy');
    await call('POST', '/v1/admin/attendance-policy/apply', change, { 'if-match': `"${version}"` });
    await untilStatuses('the late day is none any more', ['present', 'on_leave', 'on_leave', 'holiday', 'absent']);
    const after = await recordsOfWeek();
    expect(after.slice(1)).toEqual(before.slice(1));
    expect(after[0]).toMatchObject({ attendance_id: before[0]?.attendance_id, late_minutes: 0, worked_minutes: 442 });
  });

  it('counts by another time zone from its date on, and not before', async () => {
    const { version } = await call<{ version: number }>('GET', '/v1/admin/config-org');
    const before = await recordsOfWeek();
    // 09:08 in UTC is 10:08 in Lagos, all the year round.
    const change = { timezone: 'Africa/Lagos', valid_from: week[0] };
    await call('PATCH', '/v1/admin/config-org', change, { 'if-match': `"${version}"` });
    const changed = await waitUntil('the first day is late', async () => {
      const records = await recordsOfWeek();
      return records[0]?.status === 'late' ? records : undefined;
    });
    expect(changed[0]).toMatchObject({ late_minutes: 58, check_in_at: before[0]?.check_in_at });
  });

  it('keeps the trail of it: who changed what, and what became of each record', async () => {
    const lines = await waitUntil('the lines are there', async () => {
      const listed = await call<{ action: string }[]>('GET', '/v1/ops/get-logs?limit=200');
      const actions = listed.map(({ action }) => action);
      return actions.includes('attendance_policy.applied') ? actions : undefined;
    });
    for (const action of [
      ...['organization.configured', 'shift.changed', 'shift_assignment.created', 'leave.granted', 'holiday.changed'],
      ...['attendance_policy.applied', 'attendance.record_changed'],
    ]) {
      expect(lines).toContain(action);
    }
  });
});
