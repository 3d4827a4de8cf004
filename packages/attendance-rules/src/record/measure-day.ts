import type { Span } from '../time/shift-span.js';
import { isOpen, type Pair } from '../visits/pair-punches.js';

const MINUTE_MS = 60_000;

/** Whole minutes, each rounded down once from its sum of milliseconds. */
export interface DayMinutes {
  readonly workedMinutes: number;
  readonly breakMinutes: number;
  readonly lateMinutes: number;
  readonly earlyLeaveMinutes: number;
  readonly overtimeMinutes: number;
}

export const noMinutes: DayMinutes = {
  workedMinutes: 0,
  breakMinutes: 0,
  lateMinutes: 0,
  earlyLeaveMinutes: 0,
  overtimeMinutes: 0,
};

/** The hours a day is measured against, with the minutes that go with them. */
export interface PlannedHours extends Span {
  readonly breaks: readonly Span[];
  readonly graceMinutes: number;
  /** Epoch milliseconds: working time after this is overtime. */
  readonly overtimeFrom: number;
  /** The person was not active yet when the hours began: they are not late. */
  readonly beganInactive: boolean;
  /** Leave took the rest of the shift: nobody is late, or leaves early, by more than these hours. */
  readonly besideLeave: boolean;
}

/**
 * Measures a day. Open pairs give no working time. Late, early and overtime are measured against the planned hours and
 * are 0 without any; leaving early is known only once the day is over. What of a planned break lies between a coming and
 * its going is break.
 */
export function measureDay(pairs: readonly Pair[], planned: PlannedHours | undefined, closed: boolean): DayMinutes {
  const spans = pairs.filter((pair) => !isOpen(pair)).flatMap(toSpan);
  const unpaid = planned === undefined ? [] : spans.flatMap((span) => overlaps(span, planned.breaks));
  const present = sumOf(spans.map(lengthOf));
  const resting = sumOf(unpaid.map(lengthOf));
  const worked = {
    workedMinutes: wholeMinutes(present - resting),
    breakMinutes: wholeMinutes(breaksOf(pairs) + resting),
  };
  if (planned === undefined) return { ...noMinutes, ...worked };
  const bounds = planned.besideLeave ? planned : { start: -Infinity, end: Infinity };
  const checkIn = Math.min(pairs[0]?.checkIn?.at ?? -Infinity, bounds.end);
  const checkOut = Math.max(pairs.at(-1)?.checkOut?.at ?? Infinity, bounds.start);
  return {
    ...worked,
    lateMinutes: planned.beganInactive ? 0 : wholeMinutes(checkIn - planned.start - planned.graceMinutes * MINUTE_MS),
    earlyLeaveMinutes: closed ? wholeMinutes(planned.end - checkOut) : 0,
    overtimeMinutes: wholeMinutes(sumOf(spans.map((span) => span.end - Math.max(span.start, planned.overtimeFrom)))),
  };
}

/** The parts of a span that lie in one of the breaks; breaks that overlap count once. */
function overlaps(span: Span, breaks: readonly Span[]): Span[] {
  let from = span.start;
  return [...breaks]
    .sort((a, b) => a.start - b.start)
    .flatMap((rest) => {
      const part = { start: Math.max(from, rest.start), end: Math.min(span.end, rest.end) };
      from = Math.max(from, rest.end);
      return part.end > part.start ? [part] : [];
    });
}

/** Time between a going and the next coming, where both are known and the pairs around them are closed. */
function breaksOf(pairs: readonly Pair[]): number {
  let total = 0;
  for (let index = 1; index < pairs.length; index += 1) {
    const [before, after] = [pairs[index - 1], pairs[index]];
    if (before === undefined || after === undefined || isOpen(before) || isOpen(after)) continue;
    total += (after.checkIn?.at ?? 0) - (before.checkOut?.at ?? 0);
  }
  return total;
}

function toSpan({ checkIn, checkOut }: Pair): Span[] {
  return checkIn === undefined || checkOut === undefined ? [] : [{ start: checkIn.at, end: checkOut.at }];
}

function lengthOf(span: Span): number {
  return span.end - span.start;
}

/** The sum of what is positive. */
function sumOf(durations: readonly number[]): number {
  return durations.reduce((sum, duration) => sum + Math.max(0, duration), 0);
}

function wholeMinutes(duration: number): number {
  return Math.max(0, Math.floor(duration / MINUTE_MS));
}
