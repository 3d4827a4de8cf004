import type { AttendancePolicyRules } from '@rollcall/contracts';
import type { Direction, SightingKind } from '../sighting.js';

/** One coming or going: a visit, or what an operator entered by hand. */
export interface Punch {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly direction: Direction;
  readonly kind: SightingKind;
  /** The sighting that gives the punch its time; none for what was entered by hand. */
  readonly sightingId: string | undefined;
}

/** A coming and the going after it. One of the two may be missing, then the pair is open. */
export interface Pair {
  readonly checkIn: Punch | undefined;
  readonly checkOut: Punch | undefined;
}

export type Pairing = AttendancePolicyRules['pairing'];

/** Makes pairs of the punches of one work date, which come in the order of their times. */
export function pairPunches(punches: readonly Punch[], pairing: Pairing): Pair[] {
  switch (pairing) {
    case 'first_last':
      return pairFirstAndLast(punches);
    case 'alternating':
      return pairInTurn(punches);
    case 'by_direction':
      return pairInTurn(punches.filter((punch) => punch.direction !== 'both'));
  }
}

/** The first punch is the coming, the last one the going if it is another one. Directions do not matter. */
function pairFirstAndLast(punches: readonly Punch[]): Pair[] {
  const first = punches[0];
  if (first === undefined) return [];
  return [{ checkIn: first, checkOut: punches.length > 1 ? punches.at(-1) : undefined }];
}

/**
 * Coming and going in turn; a camera for one direction decides. A coming after a coming means that a going was missed:
 * the earlier pair stays open and the later ones keep their partners. So does a going after a going.
 */
function pairInTurn(punches: readonly Punch[]): Pair[] {
  const pairs: Pair[] = [];
  let arrived: Punch | undefined;
  for (const punch of punches) {
    const leaves = punch.direction === 'both' ? arrived !== undefined : punch.direction === 'out';
    if (leaves) {
      pairs.push({ checkIn: arrived, checkOut: punch });
      arrived = undefined;
    } else {
      if (arrived !== undefined) pairs.push({ checkIn: arrived, checkOut: undefined });
      arrived = punch;
    }
  }
  if (arrived !== undefined) pairs.push({ checkIn: arrived, checkOut: undefined });
  return pairs;
}

/** A pair that gives no working time: a half is missing, or the going does not come after the coming. */
export function isOpen(pair: Pair): boolean {
  return pair.checkIn === undefined || pair.checkOut === undefined || pair.checkOut.at <= pair.checkIn.at;
}
