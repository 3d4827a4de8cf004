/** `2026-03-02 08:58` in a time zone; an empty string for a time that is not there. */
export function formatDateTime(time: string | null | undefined, timeZone: string): string {
  if (time === null || time === undefined) return '';
  const parts = partsOf(new Date(time), timeZone);
  return `${parts['year']}-${parts['month']}-${parts['day']} ${parts['hour']}:${parts['minute']}`;
}

/** `08:58` in a time zone; an empty string for a time that is not there. */
export function formatClock(time: string | null | undefined, timeZone: string): string {
  return formatDateTime(time, timeZone).slice(11);
}

function partsOf(date: Date, timeZone: string): Record<string, string> {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
}
