import type { ManualTime } from '../record/merge-corrections.js';
import { pairPunches, type Punch } from './pair-punches.js';

/** A day with what was entered by hand: its punches in the order of their times, apart by whether they still count. */
export interface EnteredDay {
  readonly checkIn: ManualTime | undefined;
  readonly checkOut: ManualTime | undefined;
  /** Before the entered check-in, or too close to it: they do not count. */
  readonly before: readonly Punch[];
  readonly between: readonly Punch[];
  /** After the entered check-out, or too close to it: they do not count. */
  readonly after: readonly Punch[];
}

/** Whether the entered times take the place of the first and of the last punch that still counts, or are one more. */
export interface Places {
  readonly takesFirst: boolean;
  readonly takesLast: boolean;
}

/** What one entry may do, and what it does when nothing else decides. */
interface Choice {
  readonly choices: readonly boolean[];
  readonly preferred: boolean;
  /** Milliseconds to the punch that is nearest at its end of the day. */
  readonly distance: number;
}

/**
 * The ways in which the entries of a day can stand among its punches, the likeliest first. Where directions tell, or the
 * arrival was seen only after the entry was made, there is one; a camera for both directions leaves two for each entry.
 * Of two entries the one that is nearer to a punch is more likely to take its place.
 */
export function possiblePlaces(day: EnteredDay): Places[] {
  const [first, last] = [choiceOfCheckIn(day), choiceOfCheckOut(day)];
  const nearer = (places: Places) =>
    first.distance <= last.distance ? places.takesFirst === first.preferred : places.takesLast === last.preferred;
  return first.choices
    .flatMap((takesFirst) => last.choices.map((takesLast) => ({ takesFirst, takesLast })))
    .sort((a, b) => Number(nearer(b)) - Number(nearer(a)));
}

function choiceOfCheckIn({ checkIn, before, between }: EnteredDay): Choice {
  const [first, dropped] = [between[0], before.at(-1)];
  if (checkIn === undefined || first === undefined) return onlyAdded;
  if (first.direction === 'out' || first.at > checkIn.enteredAt) return onlyAdded;
  // It corrects an arrival that was seen earlier; of two cameras for both directions neither tells that.
  const arrived = pairPunches(before, 'alternating').at(-1)?.checkOut === undefined && dropped !== undefined;
  if (arrived && (dropped.direction === 'in' || first.direction === 'in')) return onlyAdded;
  return choiceOf(checkIn, first, dropped);
}

function choiceOfCheckOut({ checkOut, between, after }: EnteredDay): Choice {
  const [last, dropped] = [between.at(-1), after[0]];
  if (checkOut === undefined || last === undefined) return onlyAdded;
  if (last.direction === 'in') return onlyAdded;
  // It corrects a departure that was seen later.
  const left = dropped !== undefined && dropped.direction !== 'in';
  if (left && (dropped.direction === 'out' || last.direction === 'out')) return onlyAdded;
  return choiceOf(checkOut, last, dropped);
}

const onlyAdded: Choice = { choices: [false], preferred: false, distance: Infinity };

function choiceOf({ at }: ManualTime, counted: Punch, dropped: Punch | undefined): Choice {
  const [near, far] = [Math.abs(counted.at - at), Math.abs((dropped?.at ?? Infinity) - at)];
  return {
    choices: counted.direction === 'both' ? [true, false] : [true],
    preferred: near <= far,
    distance: Math.min(near, far),
  };
}
