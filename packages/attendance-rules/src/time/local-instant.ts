import { Temporal } from 'temporal-polyfill';

/** Instants known already. A year of dates for a dozen time zones and times fits; when it is full it starts afresh. */
const known = new Map<string, number>();
const MAX_KNOWN = 8_192;

/**
 * The instant (epoch milliseconds) at which a clock in the time zone shows this date and time. A time that the clocks
 * skip (start of summer time) counts as the same time after the skip, of one that comes twice the first is meant.
 *
 * The answer depends on the arguments alone; it is remembered because a look-up in the time zone data takes about
 * thirty times as long (10 µs) as one in a map.
 *
 * @throws RangeError for an unknown time zone or an impossible date or time.
 */
export function localInstant(date: string, time: string, timezone: string): number {
  const key = `${date}T${time}[${timezone}]`;
  const remembered = known.get(key);
  if (remembered !== undefined) return remembered;
  const instant = Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(timezone).epochMilliseconds;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(key, instant);
  return instant;
}
