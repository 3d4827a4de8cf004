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
