import type { AttendanceOut } from '@rollcall/contracts';
import type { ExpectedRecord } from './demo-plan.js';

/** Whether one record is as it should be; `problem` says what is not. */
export interface RecordCheck {
  readonly expected: ExpectedRecord;
  readonly record: AttendanceOut | undefined;
  readonly problem: string | undefined;
}

/**
 * `exact`: check-in and check-out are the expected moments. `covering`: the record reaches at least from the one to the
 * other, for photos of one's own where other frames may have widened it.
 */
export type CheckMode = 'exact' | 'covering';

/** Holds the records of the demo's people against what must have come out. Records that nobody expected count as wrong. */
export function checkRecords(
  expected: readonly ExpectedRecord[],
  records: readonly AttendanceOut[],
  mode: CheckMode,
): { readonly checks: RecordCheck[]; readonly unexpected: AttendanceOut[] } {
  const keyOf = (code: string | null, date: string): string => JSON.stringify([code, date]);
  const found = new Map(records.map((record) => [keyOf(record.employee_code, record.work_date), record]));
  const wanted = new Set(expected.map(({ employeeCode, workDate }) => keyOf(employeeCode, workDate)));
  const checks = expected.map((one) => {
    const record = found.get(keyOf(one.employeeCode, one.workDate));
    return { expected: one, record, problem: findProblem(one, record, mode) };
  });
  const isUnexpected = (record: AttendanceOut): boolean => !wanted.has(keyOf(record.employee_code, record.work_date));
  return { checks, unexpected: mode === 'exact' ? records.filter(isUnexpected) : [] };
}

function findProblem(expected: ExpectedRecord, record: AttendanceOut | undefined, mode: CheckMode): string | undefined {
  if (record === undefined) return 'no record';
  const fits = mode === 'exact' ? isSame : reachesFrom;
  if (!fits(record.check_in_at, expected.checkInAt, 'in')) return `in should be ${expected.checkInAt}`;
  if (!fits(record.check_out_at, expected.checkOutAt, 'out')) return `out should be ${expected.checkOutAt ?? 'open'}`;
  return undefined;
}

function isSame(actual: string | null, expected: string | null): boolean {
  if (actual === null || expected === null) return actual === expected;
  return Date.parse(actual) === Date.parse(expected);
}

function reachesFrom(actual: string | null, expected: string | null, side: 'in' | 'out'): boolean {
  if (expected === null) return true;
  if (actual === null) return false;
  const difference = Date.parse(actual) - Date.parse(expected);
  return side === 'in' ? difference <= 0 : difference >= 0;
}

/** How many records are new or say something else than before (evidence may grow without the record changing). */
export function countChanges(before: readonly AttendanceOut[], after: readonly AttendanceOut[]): number {
  const known = new Map(before.map((record) => [record.attendance_id, meaningOf(record)]));
  return after.filter((record) => known.get(record.attendance_id) !== meaningOf(record)).length;
}

function meaningOf({ user_id, work_date, check_in_at, check_out_at, status, worked_minutes }: AttendanceOut): string {
  return JSON.stringify([user_id, work_date, check_in_at, check_out_at, status, worked_minutes]);
}
