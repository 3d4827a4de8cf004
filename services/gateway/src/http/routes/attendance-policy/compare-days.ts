import { loadPersonCalendars, loadPersonDays, type PersonDay, type StoredRecord } from '@rollcall/attendance-data';
import {
  nobodyKnown,
  personDayBounds,
  personDayRules,
  recordForDay,
  type AttendanceRecord,
  type KnownCalendar,
  type PersonCalendar,
} from '@rollcall/attendance-rules';
import type { ClientBase } from '@rollcall/postgres';

export interface DaysToCompare {
  readonly organizationId: string;
  /** The calendar as it would be. */
  readonly known: KnownCalendar;
  readonly days: readonly { readonly userId: string; readonly workDate: string }[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A day whose record would come out differently. */
export interface DifferentDay {
  readonly userId: string;
  readonly workDate: string;
  readonly before: StoredRecord | null;
  readonly after: AttendanceRecord | null;
}

/** Computes days by a calendar and compares them with the records there are. */
export async function compareDays(client: ClientBase, asked: DaysToCompare): Promise<DifferentDay[]> {
  const { organizationId, known, days, now } = asked;
  const people = await loadPersonCalendars(client, organizationId, [...new Set(days.map(({ userId }) => userId))]);
  const personOf = (userId: string) => people.get(userId) ?? nobodyKnown(userId);
  const refs = days.map((day) => ({
    ...day,
    bounds: personDayBounds(known, personOf(day.userId), day.workDate),
    minIntervalSeconds: known.policyOn(day.workDate).rules.min_interval_seconds,
  }));
  const stored = await loadPersonDays(client, organizationId, refs);
  return stored.days.flatMap((day) => {
    const after = computeDay(day, known, personOf(day.userId), now);
    const { userId, workDate, record: before } = day;
    return isSame(before, after) ? [] : [{ userId, workDate, before, after }];
  });
}

function computeDay(
  day: PersonDay,
  known: KnownCalendar,
  person: PersonCalendar,
  now: number,
): AttendanceRecord | null {
  const { policy, calendar } = personDayRules(known, person, day.workDate, now);
  const corrections = day.corrections.map((entry) => ({ ...entry, withdrawn: entry.withdrawn !== null }));
  const computed = recordForDay(day.sightings, corrections, policy, calendar) ?? null;
  // Absences are written when the day is closed, not by a change of the policy.
  return day.record === null && computed?.source === 'calendar' ? null : computed;
}

function isSame(before: StoredRecord | null, after: AttendanceRecord | null): boolean {
  if (before === null || after === null) return before === after;
  return (
    (before.checkInAt?.getTime() ?? null) === after.checkInAt &&
    (before.checkOutAt?.getTime() ?? null) === after.checkOutAt &&
    before.status === after.status &&
    before.shiftId === after.shiftId &&
    before.workedMinutes === after.workedMinutes &&
    before.breakMinutes === after.breakMinutes &&
    before.lateMinutes === after.lateMinutes &&
    before.earlyLeaveMinutes === after.earlyLeaveMinutes &&
    before.overtimeMinutes === after.overtimeMinutes
  );
}
