import type { AttendanceOut } from '@rollcall/contracts';
import { describe, expect, it } from 'vitest';
import { checkRecords, countChanges } from './check-records.js';
import { expectRecords } from './expect-records.js';
import { workDateOf } from './work-date.js';

const workDate = '2026-03-02';

function record(fields: Partial<AttendanceOut>): AttendanceOut {
  return {
    attendance_id: 'a',
    user_id: 'u',
    full_name: 'Ada',
    employee_code: 'D-1',
    work_date: workDate,
    check_in_at: '2026-03-02T08:58:00.000Z',
    check_out_at: '2026-03-02T17:00:00.000Z',
    status: 'present',
    worked_minutes: 482,
    break_minutes: 0,
    late_minutes: 0,
    early_leave_minutes: 0,
    overtime_minutes: 0,
    source: 'face',
    corrected: false,
    evidence: [],
    ...fields,
  };
}

const expected = {
  employeeCode: 'D-1',
  workDate,
  checkInAt: '2026-03-02T09:58:00+01:00',
  checkOutAt: '2026-03-02T18:00:00+01:00',
};

describe('checkRecords', () => {
  it('compares moments, not texts', () => {
    expect(checkRecords([expected], [record({})], 'exact')).toMatchObject({
      checks: [{ problem: undefined }],
      unexpected: [],
    });
  });

  it.each([
    [record({ check_in_at: '2026-03-02T08:58:01.000Z' }), 'in should be'],
    [record({ check_out_at: null }), 'out should be'],
    [record({ employee_code: 'D-2' }), 'no record'],
    [record({ work_date: '2026-03-03' }), 'no record'],
  ])('finds what is wrong (%#)', (wrong, problem) => {
    expect(checkRecords([expected], [wrong], 'exact').checks[0]?.problem).toContain(problem);
  });

  it('takes a check-out where the record must be open as wrong', () => {
    const open = { ...expected, checkOutAt: null };
    expect(checkRecords([open], [record({})], 'exact').checks[0]?.problem).toBe('out should be open');
    expect(checkRecords([open], [record({ check_out_at: null })], 'exact').checks[0]?.problem).toBeUndefined();
  });

  it('names records that nobody expected', () => {
    const other = record({ attendance_id: 'b', work_date: '2026-03-03' });
    expect(checkRecords([expected], [record({}), other], 'exact').unexpected).toEqual([other]);
  });

  it('covering lets other frames widen a record, never narrow it', () => {
    const wider = record({ check_in_at: '2026-03-02T08:00:00Z', check_out_at: '2026-03-02T18:00:00Z' });
    expect(checkRecords([expected], [wider], 'covering').checks[0]?.problem).toBeUndefined();
    const later = record({ check_in_at: '2026-03-02T09:00:00Z' });
    expect(checkRecords([expected], [later], 'covering').checks[0]?.problem).toContain('in should be');
  });
});

describe('countChanges', () => {
  it('counts new and different records, not more evidence', () => {
    expect(countChanges([], [record({})])).toBe(1);
    expect(countChanges([record({})], [record({ evidence: ['x'] })])).toBe(0);
    expect(countChanges([record({})], [record({ check_out_at: null })])).toBe(1);
  });
});

describe('expectRecords', () => {
  const seen = (capturedAt: string) => ({ employeeCode: 'D-1', capturedAt, workDate });

  it('is in with the first visit, out with the last, in any order', () => {
    const sightings = [seen('2026-03-02T17:00:00Z'), seen('2026-03-02T08:58:00Z'), seen('2026-03-02T12:00:00Z')];
    expect(expectRecords(sightings)).toEqual([
      { employeeCode: 'D-1', workDate, checkInAt: '2026-03-02T08:58:00Z', checkOutAt: '2026-03-02T17:00:00Z' },
    ]);
  });

  it('leaves a day of one visit open, however many frames it has', () => {
    const sightings = [seen('2026-03-02T08:58:00Z'), seen('2026-03-02T08:58:40Z'), seen('2026-03-02T08:59:20Z')];
    expect(expectRecords(sightings)[0]?.checkOutAt).toBeNull();
  });
});

describe('workDateOf', () => {
  it('lets the early hours belong to the day before', () => {
    expect(workDateOf('2026-03-03T03:59:00+01:00', 'Europe/Berlin')).toBe('2026-03-02');
    expect(workDateOf('2026-03-03T04:00:00+01:00', 'Europe/Berlin')).toBe('2026-03-03');
    expect(workDateOf('2026-03-03T02:00:00Z', 'America/New_York')).toBe('2026-03-02');
  });
});
