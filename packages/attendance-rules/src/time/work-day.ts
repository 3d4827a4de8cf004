import type { DayRules, DayRulesPlan } from '../attendance-policy.js';
import type { ShiftPlan } from '../shift.js';
import { addDays, utcDateOf } from './calendar-date.js';
import { localInstant } from './local-instant.js';
import { shiftSpan, type Span } from './shift-span.js';

const HOUR_MS = 3_600_000;

/** How long before a shift an arrival, and after it a departure, still belongs to the shift's work date. */
const SHIFT_MARGIN_MS = 4 * HOUR_MS;

/** A shift moves the cut-off by no more than this, so that days stay in order even where the clocks change. */
const MAX_SHIFT_OF_CUTOFF_MS = 11 * HOUR_MS;

const NO_SHIFTS: ShiftPlan = () => undefined;

/**
 * First and last instant of a work date: from its cut-off to the next one, 23 or 25 hours where the clocks change. Days
 * follow one another without gap or overlap, also where the rules change: a day ends where the next one begins by the
 * next one's own cut-off and time zone, and is longer or shorter by the difference. Moving to a time zone far in the
 * east can leave nothing of a day; then it is empty.
 *
 * A cut-off is moved by the shifts around it (earlier or later) as far as leaves four hours after the end of the one and
 * before the start of the other; where there is no room for both it lies in the middle between them.
 *
 * @param rules of all days, or by work date.
 * @throws RangeError for an unknown time zone or an impossible date.
 */
export function dayBounds(workDate: string, rules: DayRules | DayRulesPlan, shiftOn: ShiftPlan = NO_SHIFTS): Span {
  const rulesOn = planOf(rules);
  return { start: startOfDay(workDate, rulesOn, shiftOn), end: startOfDay(addDays(workDate, 1), rulesOn, shiftOn) };
}

/**
 * The work date (`YYYY-MM-DD`) an instant (epoch milliseconds) belongs to: that of the cut-off before it.
 *
 * @throws RangeError for an unknown time zone or an instant that is not a time.
 */
export function workDateOf(instant: number, rules: DayRules | DayRulesPlan, shiftOn: ShiftPlan = NO_SHIFTS): string {
  const rulesOn = planOf(rules);
  // A day may begin 25 h before its date begins in UTC (14 h of time zone, 11 h of shift), so at most two dates ahead.
  let date = addDays(utcDateOf(instant), 2);
  while (startOfDay(date, rulesOn, shiftOn) > instant) date = addDays(date, -1);
  return date;
}

function planOf(rules: DayRules | DayRulesPlan): DayRulesPlan {
  return typeof rules === 'function' ? rules : () => rules;
}

/**
 * Where a day begins. By one set of rules days begin in order. Where rules change, a day may begin before one of the two
 * dates before it did; it then begins with that one, which is left empty. (Starts differ from midnight UTC of their date
 * by -25 h to +47 h, so that no more than two dates can be overtaken.)
 */
function startOfDay(date: string, rulesOn: DayRulesPlan, shiftOn: ShiftPlan): number {
  const start = ownStart(date, rulesOn, shiftOn);
  const [previous, earlier] = [addDays(date, -1), addDays(date, -2)];
  const rules = rulesOn(date);
  if (isSame(rulesOn(previous), rules) && isSame(rulesOn(earlier), rules)) return start;
  return Math.max(start, ownStart(previous, rulesOn, shiftOn), ownStart(earlier, rulesOn, shiftOn));
}

function isSame(a: DayRules, b: DayRules): boolean {
  return a === b || (a.timezone === b.timezone && a.day_cutoff === b.day_cutoff);
}

function ownStart(date: string, rulesOn: DayRulesPlan, shiftOn: ShiftPlan): number {
  const { timezone, day_cutoff } = rulesOn(date);
  const cutoff = localInstant(date, day_cutoff, timezone);
  const previousDate = addDays(date, -1);
  const before = shiftOn(previousDate);
  const after = shiftOn(date);
  if (before === undefined && after === undefined) return cutoff;
  const endBefore = before && shiftSpan(before, previousDate, rulesOn(previousDate).timezone).end;
  const startAfter = after && shiftSpan(after, date, timezone).start;
  const moved = leaveRoom(cutoff, endBefore, startAfter);
  return clamp(moved, cutoff - MAX_SHIFT_OF_CUTOFF_MS, cutoff + MAX_SHIFT_OF_CUTOFF_MS);
}

function leaveRoom(cutoff: number, endBefore: number | undefined, startAfter: number | undefined): number {
  const earliest = endBefore === undefined ? -Infinity : endBefore + SHIFT_MARGIN_MS;
  const latest = startAfter === undefined ? Infinity : startAfter - SHIFT_MARGIN_MS;
  if (earliest <= latest) return clamp(cutoff, earliest, latest);
  return Math.floor(((endBefore ?? 0) + (startAfter ?? 0)) / 2);
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.min(Math.max(value, lowest), highest);
}
