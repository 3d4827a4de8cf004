import type { AttendancePolicy } from '../attendance-policy.js';
import type { AttendanceRecord, AttendanceStatus, RecordOutcome } from '../attendance-record.js';
import type { Calendar } from '../calendar.js';
import type { Correction } from '../correction.js';
import type { Sighting, SightingKind } from '../sighting.js';
import { breakSpans, shiftSpan } from '../time/shift-span.js';
import { dayBounds } from '../time/work-day.js';
import { groupVisits, type Visit } from '../visits/group-visits.js';
import { pairCorrectedDay } from '../visits/pair-corrected-day.js';
import { isOpen, type Pair, type Punch } from '../visits/pair-punches.js';
import { statusOfAbsence, statusOfPresence } from './decide-status.js';
import { measureDay, noMinutes, type DayMinutes, type PlannedHours } from './measure-day.js';
import { mergeCorrections, type MergedCorrection } from './merge-corrections.js';

const MINUTE_MS = 60_000;
/** Statuses that say the person was not at work: entered by hand without times, they take the times seen away. */
const AWAY: ReadonlySet<AttendanceStatus> = new Set<AttendanceStatus>(['absent', 'on_leave', 'holiday']);

/**
 * The attendance record of one person and work date, or undefined when there is nothing to record. The same sightings
 * and corrections give the same record in any order and with any repeats; those of other persons or dates are ignored.
 *
 * @throws RangeError for an unknown time zone or an impossible date or time.
 */
export function recordForDay(
  sightings: readonly Sighting[],
  corrections: readonly Correction[],
  policy: AttendancePolicy,
  calendar: Calendar,
): AttendanceRecord | undefined {
  const { userId, workDate, shiftOn } = calendar;
  const bounds = dayBounds(workDate, calendar.rulesOn ?? policy.rules, shiftOn);
  const seen = sightings.filter(
    ({ userId: id, capturedAt }) => id === userId && capturedAt >= bounds.start && capturedAt < bounds.end,
  );
  const visits = groupVisits(seen, policy.rules.min_interval_seconds);
  const correction = mergeCorrections(
    corrections.filter((entry) => entry.userId === userId && entry.workDate === workDate),
  );
  const day = assessDay(visits, correction, policy, calendar);
  if (day === undefined) return undefined;
  const before = correction === undefined ? undefined : assessDay(visits, undefined, policy, calendar);
  return {
    userId,
    workDate,
    shiftId: shiftOn?.(workDate)?.id ?? null,
    ...day.outcome,
    ...day.minutes,
    source: sourceOf(day, visits, correction !== undefined),
    corrected: correction !== undefined,
    replaced: before?.outcome ?? null,
    visitCount: visits.length,
    openVisits: day.openVisits,
    evidence: evidenceOf(day, visits),
    policyVersionId: policy.versionId,
  };
}

interface AssessedDay {
  readonly outcome: RecordOutcome;
  readonly minutes: DayMinutes;
  readonly openVisits: number;
  readonly checkIn: Punch | undefined;
  readonly checkOut: Punch | undefined;
}

function assessDay(
  visits: readonly Visit[],
  correction: MergedCorrection | undefined,
  policy: AttendancePolicy,
  calendar: Calendar,
): AssessedDay | undefined {
  const { rules } = policy;
  const stated = correction?.status;
  const takenAway = stated !== undefined && AWAY.has(stated) && !correction?.checkIn && !correction?.checkOut;
  const pairs = takenAway ? [] : pairCorrectedDay(visits, correction, rules.pairing, rules.min_interval_seconds);
  if (pairs.length === 0 && (takenAway || visits.length === 0)) {
    const status = stated ?? statusOfAbsence(calendar);
    return status && dayWithoutTimes(status);
  }
  const closed = calendar.closed === true;
  const planned = plannedHours(policy, calendar);
  const minutes = measureDay(pairs, planned, closed && calendar.activity?.atEnd !== false);
  const openVisits = countOpen(pairs, visits);
  const day = { planned: planned !== undefined, closed: closed && calendar.activity?.whole !== false };
  const status = stated ?? statusOfPresence(openVisits, minutes, halfDayUnder(policy, calendar), day);
  const checkIn = pairs[0]?.checkIn;
  const checkOut = pairs.at(-1)?.checkOut;
  const outcome = { checkInAt: checkIn?.at ?? null, checkOutAt: checkOut?.at ?? null, status };
  return { outcome, minutes, openVisits, checkIn, checkOut };
}

/** Somebody seen only by cameras that cannot tell coming from going has no pair, but is not done with either. */
function countOpen(pairs: readonly Pair[], visits: readonly Visit[]): number {
  return pairs.length === 0 ? visits.length : pairs.filter(isOpen).length;
}

function dayWithoutTimes(status: AttendanceStatus): AssessedDay {
  const outcome = { checkInAt: null, checkOutAt: null, status };
  return { outcome, minutes: noMinutes, openVisits: 0, checkIn: undefined, checkOut: undefined };
}

/**
 * The hours the day is measured against. Who works on a holiday, during leave or while inactive cannot be late or leave
 * early.
 */
function plannedHours({ rules }: AttendancePolicy, calendar: Calendar): PlannedHours | undefined {
  const { workDate, activity } = calendar;
  if (calendar.holiday === true || calendar.onLeave === true || activity?.any === false) return undefined;
  const shift = calendar.shiftOn?.(workDate);
  if (shift === undefined) return undefined;
  const { start, end } = shiftSpan(shift, workDate, rules.timezone);
  const overtimeAfterMinutes = shift.overtimeAfterMinutes ?? rules.overtime_after_minutes;
  return {
    // Leave of a part of the day moves when the person is expected, not when overtime begins.
    start: calendar.leavePart?.until ?? start,
    end: calendar.leavePart?.from ?? end,
    breaks: breakSpans(shift, workDate, rules.timezone),
    graceMinutes: shift.graceMinutes ?? rules.grace_minutes,
    overtimeFrom: end + overtimeAfterMinutes * MINUTE_MS,
    beganInactive: activity?.atStart === false,
    besideLeave: calendar.leavePart !== undefined,
  };
}

/** Leave of a part of the day counts towards the half day as if it had been worked. */
function halfDayUnder({ rules }: AttendancePolicy, { shiftOn, workDate, leavePart }: Calendar): number {
  const shift = shiftOn?.(workDate);
  const minutes = shift?.halfDayUnderMinutes ?? rules.half_day_under_minutes;
  if (shift === undefined || leavePart === undefined) return minutes;
  const { start, end } = shiftSpan(shift, workDate, rules.timezone);
  return minutes - (leavePart.until - start + (end - leavePart.from)) / MINUTE_MS;
}

function sourceOf({ checkIn, checkOut }: AssessedDay, visits: readonly Visit[], corrected: boolean): string {
  const behind = [checkIn?.kind, checkOut?.kind].filter((kind) => kind !== undefined);
  if (behind.length > 0) return joinKinds(behind);
  if (corrected) return 'manual';
  return visits.length > 0 ? joinKinds(visits.map((visit) => visit.kind)) : 'calendar';
}

function joinKinds(kinds: readonly SightingKind[]): string {
  return [...new Set(kinds)].sort().join('+');
}

function evidenceOf({ checkIn, checkOut }: AssessedDay, visits: readonly Visit[]): string[] {
  const punches = [checkIn?.sightingId, checkOut?.sightingId, ...visits.map((visit) => visit.sightingIds[0])];
  return [...new Set(punches.filter((id) => id !== undefined))];
}
