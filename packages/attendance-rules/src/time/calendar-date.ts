const DAY_MS = 86_400_000;

/** The date `days` after (before, when negative) a date, both `YYYY-MM-DD`. */
export function addDays(date: string, days: number): string {
  return utcDateOf(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS);
}

/** The date in UTC of an instant (epoch milliseconds). */
export function utcDateOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
