import { addDays } from '@rollcall/attendance-rules';
import type { ShiftRules } from '@rollcall/contracts';

/** A problem as the envelope tells it. */
export interface Problem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** How far back rules may be changed: further, and years of records would be computed anew by a slip of the keyboard. */
const DAYS_BACK = 366;
const DAYS_AHEAD = 3_660;
const IANA_NAME = /^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/;
const DAY_MINUTES = 1_440;

/** The earliest date that something may hold from. */
export function earliestDate(today: string): string {
  return addDays(today, -DAYS_BACK);
}

/** A date that something shall hold from: at most a year back and ten years ahead. */
export function dateProblems(path: string, date: string, today: string): Problem[] {
  const problem = (code: string, message: string): Problem[] => [{ path, code, message }];
  if (date < earliestDate(today)) return problem('TOO_EARLY', 'must not be more than a year ago');
  if (date > addDays(today, DAYS_AHEAD)) return problem('TOO_LATE', 'must not be more than ten years ahead');
  return [];
}

export function spanProblems(path: string, from: string, to: string): Problem[] {
  return to < from ? [{ path, code: 'TOO_EARLY', message: 'must not lie before the first day' }] : [];
}

export function timezoneProblems(timezone: string): Problem[] {
  return IANA_NAME.test(timezone) && isKnownTimezone(timezone)
    ? []
    : [{ path: '/timezone', code: 'UNKNOWN_TIMEZONE', message: 'is not an IANA time zone' }];
}

export function localeProblems(locale: string): Problem[] {
  try {
    Intl.getCanonicalLocales(locale);
    return [];
  } catch {
    return [{ path: '/locale', code: 'UNKNOWN_LOCALE', message: 'is not a BCP 47 language tag' }];
  }
}

/** Breaks lie within the hours of their shift. */
export function shiftProblems(path: string, { starts_at, ends_at, breaks }: ShiftRules): Problem[] {
  const length = minutesAfter(starts_at, ends_at) || DAY_MINUTES;
  return breaks.flatMap((rest, index) => {
    const start = minutesAfter(starts_at, rest.starts_at);
    const end = start + minutesAfter(rest.starts_at, rest.ends_at);
    return start < end && end <= length
      ? []
      : [{ path: `${path}/breaks/${index}`, code: 'OUTSIDE_SHIFT', message: 'must lie within the hours of the shift' }];
  });
}

/** A day of the week has one shift. */
export function patternProblems(
  pattern: readonly { readonly weekdays?: readonly number[] | null }[],
  workWeek: readonly number[],
): Problem[] {
  const taken = new Set<number>();
  return pattern.flatMap(({ weekdays }, index) => {
    const days = weekdays ?? workWeek;
    const twice = days.some((day) => taken.has(day));
    for (const day of days) taken.add(day);
    return twice
      ? [{ path: `/pattern/${index}/weekdays`, code: 'TAKEN', message: 'names a day that has another shift already' }]
      : [];
  });
}

function isKnownTimezone(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}

/** Minutes on the clock from one local time to the next time it shows another; 0 when they are the same. */
function minutesAfter(from: string, to: string): number {
  return (minutesOf(to) - minutesOf(from) + DAY_MINUTES) % DAY_MINUTES;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
