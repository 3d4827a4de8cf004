import type { AttendancePolicy } from '../attendance-policy.js';
import type { Calendar, DayActivity } from '../calendar.js';
import type { ShiftPlan } from '../shift.js';
import { shiftSpan, type Span } from '../time/shift-span.js';
import { dayBounds, workDateOf } from '../time/work-day.js';
import { activeSpans, activityIn } from './activity.js';
import type { KnownCalendar } from './known-calendar.js';
import { leaveOn, type LeaveOn } from './leave-on.js';
import { isKnown, type LogPlace } from './log-place.js';
import type { PersonCalendar, ShiftAssignment } from './organization-calendar.js';

/** By what a person's work date is computed. */
export interface PersonDayRules {
  readonly policy: AttendancePolicy;
  readonly calendar: Calendar;
}

/**
 * By what a person's work date is computed, with what is known at a place of the log.
 *
 * @param now epoch milliseconds: the day is closed when its end was before that.
 */
export function personDayRules(
  known: KnownCalendar,
  person: PersonCalendar,
  workDate: string,
  now: number,
): PersonDayRules {
  const expected = isExpected(known, person, workDate);
  const leave = leaveOf(known, person, workDate);
  return {
    policy: known.policyOn(workDate),
    calendar: {
      userId: person.userId,
      workDate,
      shiftOn: shiftPlanOf(known, person),
      rulesOn: (date) => known.policyOn(date).rules,
      holiday: expected && known.isHoliday(workDate),
      onLeave: expected && leave.wholeDay,
      leavePart: leave.part,
      closed: closesAt(known, person, workDate) <= now,
      activity: activityOn(known, person, workDate),
    },
  };
}

/** The shifts a person is planned for. */
export function shiftPlanOf(known: KnownCalendar, person: PersonCalendar): ShiftPlan {
  const assignments = person.assignments.filter((assignment) => stands(assignment, known.place));
  if (assignments.length === 0) return () => undefined;
  return (workDate) => {
    const assignment = inForce(assignments, workDate);
    const weekday = weekdayOf(workDate);
    const entry = assignment?.pattern.find(({ weekdays }) =>
      (weekdays ?? known.workWeekOn(workDate)).includes(weekday),
    );
    return entry && known.shiftOn(entry.shiftId, workDate);
  };
}

/** First and last instant of a person's work date. */
export function personDayBounds(known: KnownCalendar, person: PersonCalendar, workDate: string): Span {
  return dayBounds(workDate, (date) => known.policyOn(date).rules, shiftPlanOf(known, person));
}

/** The work date an instant (epoch milliseconds) counts for. */
export function personWorkDate(known: KnownCalendar, person: PersonCalendar, instant: number): string {
  return workDateOf(instant, (date) => known.policyOn(date).rules, shiftPlanOf(known, person));
}

/**
 * When a person's work date is over: with the grace after the end of the shift, without a shift at the cut-off. Who was
 * not seen by then is absent; somebody seen later is present all the same.
 */
export function closesAt(known: KnownCalendar, person: PersonCalendar, workDate: string): number {
  const shift = shiftPlanOf(known, person)(workDate);
  if (shift === undefined) return personDayBounds(known, person, workDate).end;
  const { rules } = known.policyOn(workDate);
  const graceMinutes = shift.graceMinutes ?? rules.grace_minutes;
  return shiftSpan(shift, workDate, rules.timezone).end + graceMinutes * 60_000;
}

/**
 * Whether something is to be written about a person's work date when nobody saw them: there is a shift, or, for people
 * who have none at all, a leave or holiday falls on a day of the work week; and they were active then, whatever they are
 * by now.
 */
export function isAccountable(known: KnownCalendar, person: PersonCalendar, workDate: string): boolean {
  const activity = activityOn(known, person, workDate);
  if (!activity.any || !isExpected(known, person, workDate)) return false;
  if (known.isHoliday(workDate) || leaveOf(known, person, workDate).wholeDay) return true;
  return activity.whole && shiftPlanOf(known, person)(workDate) !== undefined;
}

/**
 * Whether the end of a person's work date may make a difference: somebody who was not seen is accountable, or somebody who
 * was seen left early, also when they were not active yet as the shift began.
 */
export function isSettledByItsEnd(known: KnownCalendar, person: PersonCalendar, workDate: string): boolean {
  if (isAccountable(known, person, workDate)) return true;
  return shiftPlanOf(known, person)(workDate) !== undefined && activityOn(known, person, workDate).atEnd;
}

/** How much of their shift, without one of the work date, a person was active. */
function activityOn(known: KnownCalendar, person: PersonCalendar, workDate: string): DayActivity {
  const shift = shiftPlanOf(known, person)(workDate);
  const hours =
    shift === undefined
      ? personDayBounds(known, person, workDate)
      : shiftSpan(shift, workDate, known.policyOn(workDate).rules.timezone);
  return activityIn(activeSpans(person, known.place), hours);
}

function isExpected(known: KnownCalendar, person: PersonCalendar, workDate: string): boolean {
  const assignments = person.assignments.filter((assignment) => stands(assignment, known.place));
  if (inForce(assignments, workDate) !== undefined) return shiftPlanOf(known, person)(workDate) !== undefined;
  return known.workWeekOn(workDate).includes(weekdayOf(workDate));
}

function leaveOf(known: KnownCalendar, person: PersonCalendar, workDate: string): LeaveOn {
  const leaves = person.leaves.filter((leave) => stands(leave, known.place));
  const shift = leaves.length === 0 ? undefined : shiftPlanOf(known, person)(workDate);
  return leaveOn(leaves, workDate, shift, known.policyOn(workDate).rules.timezone);
}

function stands(entry: { readonly known: LogPlace; readonly withdrawn: LogPlace | null }, place: LogPlace): boolean {
  return isKnown(entry.known, place) && !(entry.withdrawn !== null && isKnown(entry.withdrawn, place));
}

/** Of the assignments that hold on a date the one that became valid last, of two from one day the later one. */
function inForce(assignments: readonly ShiftAssignment[], workDate: string): ShiftAssignment | undefined {
  let found: ShiftAssignment | undefined;
  for (const candidate of assignments) {
    const { validFrom, validUntil, id } = candidate;
    if (validFrom > workDate || (validUntil !== null && validUntil < workDate)) continue;
    if (found === undefined || validFrom > found.validFrom || (validFrom === found.validFrom && id > found.id)) {
      found = candidate;
    }
  }
  return found;
}

/** Day of the week of a date, 1 Monday … 7 Sunday. */
function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}
