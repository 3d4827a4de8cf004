import type { AttendancePolicyRules } from '@rollcall/contracts';
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

/**
 * Measures a day. Open pairs give no working time. Late, early and overtime are measured against the planned hours and
 * are 0 without any; leaving early is known only once the day is over.
 */
export function measureDay(
  pairs: readonly Pair[],
  planned: Span | undefined,
  rules: Readonly<AttendancePolicyRules>,
  closed: boolean,
): DayMinutes {
  const spans = pairs.filter((pair) => !isOpen(pair)).flatMap(toSpan);
  const worked = {
    workedMinutes: wholeMinutes(sumOf(spans.map(lengthOf))),
    breakMinutes: wholeMinutes(breaksOf(pairs)),
  };
  if (planned === undefined) return { ...noMinutes, ...worked };
  const checkIn = pairs[0]?.checkIn?.at ?? -Infinity;
  const checkOut = pairs.at(-1)?.checkOut?.at ?? Infinity;
  const overtimeFrom = planned.end + rules.overtime_after_minutes * MINUTE_MS;
  return {
    ...worked,
    lateMinutes: wholeMinutes(checkIn - planned.start - rules.grace_minutes * MINUTE_MS),
    earlyLeaveMinutes: closed ? wholeMinutes(planned.end - checkOut) : 0,
    overtimeMinutes: wholeMinutes(sumOf(spans.map((span) => span.end - Math.max(span.start, overtimeFrom)))),
  };
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
