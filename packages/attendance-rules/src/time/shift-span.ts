import type { Shift } from '../shift.js';
import { addDays } from './calendar-date.js';
import { localInstant } from './local-instant.js';

/** A span of time, epoch milliseconds; the end does not belong to it. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** When a shift that begins on this work date starts and ends. On days of a clock change it is an hour longer or shorter. */
export function shiftSpan(shift: Shift, workDate: string, timezone: string): Span {
  const overnight = shift.endsAt <= shift.startsAt;
  return {
    start: localInstant(workDate, shift.startsAt, timezone),
    end: localInstant(overnight ? addDays(workDate, 1) : workDate, shift.endsAt, timezone),
  };
}

/** When a clock shows a time on the day of a shift: of one that ends on the next day, a time up to its end lies there. */
export function instantInShift(time: string, shift: Shift, workDate: string, timezone: string): number {
  const overnight = shift.endsAt <= shift.startsAt;
  return localInstant(overnight && time <= shift.endsAt ? addDays(workDate, 1) : workDate, time, timezone);
}

/** When the unpaid breaks of a shift are; one that is earlier on the clock than the shift lies after midnight. */
export function breakSpans(shift: Shift, workDate: string, timezone: string): Span[] {
  return (shift.breaks ?? []).map(({ startsAt, endsAt }) => {
    const date = startsAt < shift.startsAt ? addDays(workDate, 1) : workDate;
    return {
      start: localInstant(date, startsAt, timezone),
      end: localInstant(endsAt <= startsAt ? addDays(date, 1) : date, endsAt, timezone),
    };
  });
}
