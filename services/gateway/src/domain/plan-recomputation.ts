import { addDays } from '@rollcall/attendance-rules';

/** Days of people to compute in one step: what a projector does in a moment. */
const DAYS_A_STEP = 500;
/** A step covers no fewer dates than this, so that the steps of many people are not cut day by day. */
const DATES_A_STEP = 14;

/** The days of some people between two dates, both included. */
export interface RecomputationStep {
  readonly userIds: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly existingOnly: boolean;
}

export interface AffectedPerson {
  readonly id: string;
  /** Not active at any time that a change reaches back to: only what exists already is computed anew. */
  readonly gone: boolean;
}

/** Cuts the days that a change touches into steps. Nobody or no date: no step. */
export function planRecomputation(people: readonly AffectedPerson[], from: string, to: string): RecomputationStep[] {
  return [false, true].flatMap((existingOnly) => {
    const userIds = people.filter(({ gone }) => gone === existingOnly).map(({ id }) => id);
    if (userIds.length === 0) return [];
    const datesAStep = Math.max(DATES_A_STEP, Math.floor(DAYS_A_STEP / userIds.length));
    return datePieces(from, to, datesAStep).flatMap((piece) => {
      const usersAStep = Math.max(1, Math.floor(DAYS_A_STEP / piece.dates));
      return pieces(userIds, usersAStep).map((ids) => ({ userIds: ids, from: piece.from, to: piece.to, existingOnly }));
    });
  });
}

function datePieces(from: string, to: string, length: number) {
  const found: { from: string; to: string; dates: number }[] = [];
  for (let start = from; start <= to; start = addDays(start, length)) {
    const end = addDays(start, length - 1);
    const last = end < to ? end : to;
    found.push({ from: start, to: last, dates: datesBetween(start, last) });
  }
  return found;
}

function datesBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
}

function pieces<Item>(items: readonly Item[], length: number): Item[][] {
  const found: Item[][] = [];
  for (let index = 0; index < items.length; index += length) found.push(items.slice(index, index + length));
  return found;
}
