/** Visits a work date has in the benchmarks. */
export const visitsPerDay = 20;

/**
 * Capture time of a frame: ten minutes apart, twenty a day, so that each is a visit of its own and changes a record, as
 * people coming and going do.
 * @param firstDay midnight of the first day, ms since the epoch
 */
export function captureTime(firstDay: number, turn: number): string {
  const day = Math.floor(turn / visitsPerDay);
  const visit = turn % visitsPerDay;
  return new Date(firstDay + day * 86_400_000 + 7 * 3_600_000 + visit * 600_000).toISOString();
}
