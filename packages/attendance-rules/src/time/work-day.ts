import type { DayRules } from '../attendance-policy.js';
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
 * follow one another without gap or overlap.
 *
 * A cut-off is moved by the shifts around it (earlier or later) as far as leaves four hours after the end of the one and
 * before the start of the other; where there is no room for both it lies in the middle between them.
 *
 * @throws RangeError for an unknown time zone or an impossible date.
 */
export function dayBounds(workDate: string, rules: DayRules, shiftOn: ShiftPlan = NO_SHIFTS): Span {
  return { start: startOfDay(workDate, rules, shiftOn), end: startOfDay(addDays(workDate, 1), rules, shiftOn) };
}

/**
 * The work date (`YYYY-MM-DD`) an instant (epoch milliseconds) belongs to: that of the cut-off before it.
 *
 * @throws RangeError for an unknown time zone or an instant that is not a time.
 */
export function workDateOf(instant: number, rules: DayRules, shiftOn: ShiftPlan = NO_SHIFTS): string {
  // A day may begin 25 h before its date begins in UTC (14 h of time zone, 11 h of shift), so at most two dates ahead.
  let date = addDays(utcDateOf(instant), 2);
  while (startOfDay(date, rules, shiftOn) > instant) date = addDays(date, -1);
  return date;
}

function startOfDay(date: string, rules: DayRules, shiftOn: ShiftPlan): number {
  const { timezone } = rules;
  const cutoff = localInstant(date, rules.day_cutoff, timezone);
  const previousDate = addDays(date, -1);
  const before = shiftOn(previousDate);
  const after = shiftOn(date);
  if (before === undefined && after === undefined) return cutoff;
  const endBefore = before && shiftSpan(before, previousDate, timezone).end;
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
