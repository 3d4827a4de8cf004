import type { MergedCorrection } from '../record/merge-corrections.js';
import type { Visit } from './group-visits.js';
import { pairPunches, type Pair, type Pairing, type Punch } from './pair-punches.js';

/**
 * Makes the pairs of a day from its visits and what was entered by hand. A time entered by hand stands: visits before a
 * manual check-in, after a manual check-out, or closer to one than the minimal interval give no punch any more.
 *
 * For pairs in turn a manual check-in takes the place of the arrival that was known when it was entered, and is one more
 * punch otherwise; a manual check-out closes the last pair. With `first_last` both are simply first and last.
 */
export function pairCorrectedDay(
  visits: readonly Visit[],
  correction: MergedCorrection | undefined,
  pairing: Pairing,
  minIntervalSeconds: number,
): Pair[] {
  const checkIn = correction?.checkIn;
  const checkOut = correction?.checkOut;
  const minIntervalMs = minIntervalSeconds * 1000;
  const earliest = checkIn === undefined ? -Infinity : checkIn.at + minIntervalMs;
  const latest = checkOut === undefined ? Infinity : checkOut.at - minIntervalMs;
  const replaced =
    checkIn !== undefined && pairing !== 'first_last' ? arrivalKnownAt(visits, checkIn.enteredAt) : undefined;
  const punches = visits
    .filter((visit) => visit !== replaced && visit.at >= earliest && visit.at <= latest)
    .map(toPunch);
  if (checkIn !== undefined) punches.unshift(manualPunch(checkIn.at, 'in'));
  if (checkOut === undefined) return pairPunches(punches, pairing);
  return closeLastPair(punches, manualPunch(checkOut.at, 'out'), pairing);
}

function closeLastPair(punches: readonly Punch[], checkOut: Punch, pairing: Pairing): Pair[] {
  if (pairing === 'first_last') return [{ checkIn: punches[0], checkOut }];
  const pairs = pairPunches(punches, pairing);
  const last = pairs.pop();
  return [...pairs, { checkIn: last?.checkIn, checkOut }];
}

function arrivalKnownAt(visits: readonly Visit[], enteredAt: number): Visit | undefined {
  const first = visits[0];
  return first !== undefined && first.at <= enteredAt && first.direction !== 'out' ? first : undefined;
}

function toPunch(visit: Visit): Punch {
  return { at: visit.at, direction: visit.direction, kind: visit.kind, sightingId: visit.sightingIds[0] };
}

function manualPunch(at: number, direction: 'in' | 'out'): Punch {
  return { at, direction, kind: 'manual', sightingId: undefined };
}
