import type { ManualTime, MergedCorrection } from '../record/merge-corrections.js';
import type { Visit } from './group-visits.js';
import { isOpen, pairPunches, type Pair, type Pairing, type Punch } from './pair-punches.js';
import { possiblePlaces, type EnteredDay, type Places } from './place-entries.js';

/**
 * Makes the pairs of a day from its visits and what was entered by hand. A time entered by hand stands: visits before a
 * manual check-in, after a manual check-out, or closer to one than the minimal interval give no punch any more.
 *
 * For pairs in turn an entry takes the place of the arrival or departure it corrects, or is one more punch where that was
 * not seen: of what the visits leave open, whatever leaves the fewest open pairs. So it moves no pair but its own. With
 * `first_last` both are simply first and last.
 */
export function pairCorrectedDay(
  visits: readonly Visit[],
  correction: MergedCorrection | undefined,
  pairing: Pairing,
  minIntervalSeconds: number,
): Pair[] {
  const punches = (pairing === 'by_direction' ? visits.filter(tellsDirection) : visits).map(toPunch);
  const day = enterTimes(punches, correction, minIntervalSeconds * 1000);
  if (pairing === 'first_last') return pairFirstAndLast(day);
  const [first, ...others] = possiblePlaces(day).map((places) => pairPunches(withEntries(day, places), pairing));
  return others.reduce((best, pairs) => (countOpen(pairs) < countOpen(best) ? pairs : best), first ?? []);
}

function pairFirstAndLast(day: EnteredDay): Pair[] {
  const punches = withEntries({ ...day, checkOut: undefined }, { takesFirst: false, takesLast: false });
  if (day.checkOut === undefined) return pairPunches(punches, 'first_last');
  return [{ checkIn: punches[0], checkOut: manualPunch(day.checkOut, 'out') }];
}

function enterTimes(
  punches: readonly Punch[],
  correction: MergedCorrection | undefined,
  minIntervalMs: number,
): EnteredDay {
  const { checkIn, checkOut } = correction ?? {};
  const earliest = checkIn === undefined ? -Infinity : checkIn.at + minIntervalMs;
  const latest = checkOut === undefined ? Infinity : checkOut.at - minIntervalMs;
  return {
    checkIn,
    checkOut,
    before: punches.filter(({ at }) => at < earliest),
    between: punches.filter(({ at }) => at >= earliest && at <= latest),
    after: punches.filter(({ at }) => at >= earliest && at > latest),
  };
}

function withEntries({ checkIn, checkOut, between }: EnteredDay, { takesFirst, takesLast }: Places): Punch[] {
  return [
    ...(checkIn === undefined ? [] : [manualPunch(checkIn, 'in')]),
    ...between.slice(takesFirst ? 1 : 0, takesLast ? -1 : undefined),
    ...(checkOut === undefined ? [] : [manualPunch(checkOut, 'out')]),
  ];
}

function countOpen(pairs: readonly Pair[]): number {
  return pairs.filter(isOpen).length;
}

function tellsDirection({ direction }: Visit): boolean {
  return direction !== 'both';
}

function toPunch(visit: Visit): Punch {
  return { at: visit.at, direction: visit.direction, kind: visit.kind, sightingId: visit.sightingIds[0] };
}

function manualPunch({ at }: ManualTime, direction: 'in' | 'out'): Punch {
  return { at, direction, kind: 'manual', sightingId: undefined };
}
