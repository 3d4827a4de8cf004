import { Temporal } from 'temporal-polyfill';

/** Rollcall's default: what happens before 04:00 belongs to the day before. */
const DAY_CUTOFF = { hours: 4 };

/** The work date of a moment in a time zone, YYYY-MM-DD. @param at RFC 3339 with offset */
export function workDateOf(at: string, timeZone: string): string {
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDateTime();
  return local.subtract(DAY_CUTOFF).toPlainDate().toString();
}
