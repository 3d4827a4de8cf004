import type { DayActivity } from '../calendar.js';
import type { Span } from '../time/shift-span.js';
import { isKnown, type LogPlace } from './log-place.js';

/** A person became inactive or left, or came back. */
export interface ActivityChange {
  readonly active: boolean;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly known: LogPlace;
}

/** From when on a person is active, and what changed since, in the order in which it was written. */
export interface Activity {
  /** Epoch milliseconds. */
  readonly addedAt: number;
  readonly activity: readonly ActivityChange[];
}

/** The times in which a person was active, as it is known at a place of the log, one after the other. */
export function activeSpans({ addedAt, activity }: Activity, place: LogPlace): Span[] {
  const spans: Span[] = [];
  let start: number | undefined = addedAt;
  let at = addedAt;
  for (const { active, since, known } of activity) {
    if (!isKnown(known, place)) continue;
    // Clocks may go back a little: no change happened before the one written before it.
    at = Math.max(at, since);
    if (active && start === undefined) {
      start = spans.at(-1)?.end === at ? spans.pop()?.start : at;
    } else if (!active && start !== undefined) {
      if (at > start) spans.push({ start, end: at });
      start = undefined;
    }
  }
  if (start !== undefined) spans.push({ start, end: Number.POSITIVE_INFINITY });
  return spans;
}

/** How much of some hours lies in the times in which a person was active. */
export function activityIn(spans: readonly Span[], hours: Span): DayActivity {
  const { start, end } = hours;
  return {
    any: spans.some((span) => span.start < end && span.end > start),
    atStart: spans.some((span) => span.start <= start && span.end > start),
    atEnd: spans.some((span) => span.start < end && span.end >= end),
    whole: spans.some((span) => span.start <= start && span.end >= end),
  };
}
