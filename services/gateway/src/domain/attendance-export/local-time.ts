const QUARTER_MS = 15 * 60_000;
/** A year of quarters of an hour; when it is full it starts afresh. */
const MAX_KNOWN = 40_000;

/**
 * Writes instants as a clock in the time zone shows them, with the offset: `2025-03-03T08:59:12+01:00`.
 *
 * Looking an offset up costs some ten microseconds, a large file has millions of times: since clocks change at quarters
 * of an hour only, one look-up a quarter is enough.
 *
 * @throws RangeError for an unknown time zone.
 */
export function createLocalTime(timezone: string): (instant: Date) => string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' });
  const known = new Map<number, Offset>();

  function offsetAt(instant: number): Offset {
    const quarter = Math.floor(instant / QUARTER_MS);
    const remembered = known.get(quarter);
    if (remembered !== undefined) return remembered;
    if (known.size >= MAX_KNOWN) known.clear();
    const name = format.formatToParts(quarter * QUARTER_MS).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const offset = toOffset(name);
    known.set(quarter, offset);
    return offset;
  }

  return (instant) => {
    const { milliseconds, text } = offsetAt(instant.getTime());
    return new Date(instant.getTime() + milliseconds).toISOString().slice(0, 19) + text;
  };
}

interface Offset {
  readonly milliseconds: number;
  readonly text: string;
}

/** @param name `GMT`, `GMT+05:30`, or in old times `GMT+00:53:28`, whose seconds RFC 3339 cannot say. */
function toOffset(name: string): Offset {
  const match = /^GMT([+-])(\d\d):(\d\d)/.exec(name);
  if (match === null) return { milliseconds: 0, text: '+00:00' };
  const [, sign = '+', hours = '00', minutes = '00'] = match;
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return { milliseconds: sign === '-' ? -size : size, text: `${sign}${hours}:${minutes}` };
}
