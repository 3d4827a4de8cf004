import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MergedCorrection } from '../record/merge-corrections.js';
import type { Direction } from '../sighting.js';
import type { Visit } from './group-visits.js';
import { pairCorrectedDay } from './pair-corrected-day.js';
import type { Pairing } from './pair-punches.js';

const MINUTE = 60_000;
const NEXT_DAY = 2_000 * MINUTE;
/** Somebody is in, or out, for at least this long. */
const SHORTEST = 10;

/** A visit as it truly was. */
interface Passing {
  readonly minute: number;
  readonly direction: 'in' | 'out';
  /** What the camera can tell of it. */
  readonly told: Direction;
}

const pairings = fc.constantFrom<Pairing[]>('alternating', 'by_direction');

/** A day on which everything was seen; with `by_direction` all cameras tell the direction. */
const wholeDays = pairings.chain((pairing) =>
  fc
    .array(fc.tuple(fc.integer({ min: SHORTEST, max: 90 }), fc.boolean()), { minLength: 2, maxLength: 10 })
    .map((list) => list.slice(0, list.length - (list.length % 2)))
    .map((list) => {
      let minute = 300;
      const passings = list.map(([gap, undirected], index): Passing => {
        minute += gap;
        const direction = index % 2 === 0 ? 'in' : 'out';
        return { minute, direction, told: undirected && pairing === 'alternating' ? 'both' : direction };
      });
      return { pairing, passings };
    }),
);
/** How the camera saw what was entered by hand: by so many minutes too late, or not at all. */
const displaced = fc.integer({ min: -4, max: 4 });
const seenHow = fc.option(displaced, { nil: 'not seen' as const });

function visit(minute: number, direction: Direction): Visit {
  const at = minute * MINUTE;
  return { at, lastAt: at, direction, kind: 'face', sightingIds: [`${minute}`] };
}

function visitsOf(passings: readonly Passing[]): Visit[] {
  return passings.map(({ minute, told }) => visit(minute, told));
}

function seenAs(passing: Passing, how: number | 'not seen'): Visit[] {
  return how === 'not seen' ? [] : [visit(passing.minute + how, passing.told)];
}

function entered(times: { readonly checkIn?: Passing; readonly checkOut?: Passing }): MergedCorrection {
  const timeOf = (passing?: Passing) => passing && { at: passing.minute * MINUTE, enteredAt: NEXT_DAY };
  return { checkIn: timeOf(times.checkIn), checkOut: timeOf(times.checkOut), status: undefined };
}

/** The pairs as minutes. */
function pair(visits: readonly Visit[], correction: MergedCorrection | undefined, pairing: Pairing) {
  const minuteOf = (punch?: { readonly at: number }) => punch && punch.at / MINUTE;
  return pairCorrectedDay(visits, correction, pairing, 60).map(({ checkIn, checkOut }) => [
    ...[minuteOf(checkIn), minuteOf(checkOut)],
  ]);
}

function ends(passings: readonly Passing[]): { first: Passing; inside: readonly Passing[]; last: Passing } {
  const [first, ...others] = passings;
  const last = others.pop();
  if (first === undefined || last === undefined) throw new Error('a day has two passings');
  return { first, inside: others, last };
}

describe('an entry made when the day is over', () => {
  it('of the check-in gives the day as it was, whether the arrival was seen early, late or not at all', () => {
    fc.assert(
      fc.property(wholeDays, seenHow, ({ pairing, passings }, how) => {
        const { first, inside, last } = ends(passings);
        const seen = [...seenAs(first, how), ...visitsOf([...inside, last])];
        const whole = pair(visitsOf(passings), undefined, pairing);
        expect(pair(seen, entered({ checkIn: first }), pairing)).toEqual(whole);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of the check-out gives the day as it was, whether the departure was seen early, late or not at all', () => {
    fc.assert(
      fc.property(wholeDays, seenHow, ({ pairing, passings }, how) => {
        const { first, inside, last } = ends(passings);
        const seen = [...visitsOf([first, ...inside]), ...seenAs(last, how)];
        const whole = pair(visitsOf(passings), undefined, pairing);
        expect(pair(seen, entered({ checkOut: last }), pairing)).toEqual(whole);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of both gives the day as it was, also when one of them was not seen', () => {
    const ways = fc.oneof(
      fc.record({ arrival: displaced, departure: displaced }),
      fc.record({ arrival: seenHow, departure: displaced }),
      fc.record({ arrival: displaced, departure: seenHow }),
    );
    fc.assert(
      fc.property(wholeDays, ways, ({ pairing, passings }, { arrival, departure }) => {
        const { first, inside, last } = ends(passings);
        const seen = [...seenAs(first, arrival), ...visitsOf(inside), ...seenAs(last, departure)];
        const whole = pair(visitsOf(passings), undefined, pairing);
        expect(pair(seen, entered({ checkIn: first, checkOut: last }), pairing)).toEqual(whole);
      }),
      { numRuns: 2_000 },
    );
  });

  it('leaves what directed cameras missed open, and every other pair as it was', () => {
    fc.assert(
      fc.property(wholeDays, displaced, displaced, fc.nat(), ({ pairing, passings }, early, late, choice) => {
        const day = passings.map((passing) => ({ ...passing, told: passing.direction }));
        const { first, inside, last } = ends(day);
        if (inside.length === 0) return;
        const missed = inside[choice % inside.length];
        const rest = inside.filter((passing) => passing !== missed);
        const seen = [...seenAs(first, early), ...visitsOf(rest), ...seenAs(last, late)];
        const whole = pair(visitsOf(day), undefined, pairing);
        const expected = whole.map((times) => times.map((time) => (time === missed?.minute ? undefined : time)));
        expect(pair(seen, entered({ checkIn: first, checkOut: last }), pairing)).toEqual(expected);
        if (early === 0) expect(pair(seen, entered({ checkOut: last }), pairing)).toEqual(expected);
        if (late === 0) expect(pair(seen, entered({ checkIn: first }), pairing)).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds the arrival by direction past corridor cameras and somebody who was only seen going before', () => {
    const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 1_400 }), { maxLength: 8 });
    fc.assert(
      fc.property(wholeDays, displaced, minutes, fc.boolean(), ({ passings }, how, corridor, stray) => {
        const { first, inside, last } = ends(passings.map((passing) => ({ ...passing, told: passing.direction })));
        const seen = [...seenAs(first, how), ...visitsOf([...inside, last])];
        const whole = pair(visitsOf([first, ...inside, last]), undefined, 'by_direction');
        const noise = [...corridor.map((minute) => visit(minute, 'both')), ...(stray ? [visit(290, 'out')] : [])];
        const all = [...noise, ...seen].sort((a, b) => a.at - b.at);
        expect(pair(all, entered({ checkIn: first }), 'by_direction')).toEqual(whole);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('an entry made before anybody was seen', () => {
  it('is one more check-in, whatever is seen afterwards', () => {
    fc.assert(
      fc.property(wholeDays, fc.boolean(), ({ pairing, passings }, lastSeen) => {
        const { first, inside, last } = ends(passings);
        const seen = visitsOf(lastSeen ? [...inside, last] : inside);
        const at = first.minute * MINUTE;
        const correction = { ...entered({}), checkIn: { at, enteredAt: at } };
        const whole = pair(visitsOf(lastSeen ? passings : [first, ...inside]), undefined, pairing);
        expect(pair(seen, correction, pairing)).toEqual(whole);
      }),
      { numRuns: 1_000 },
    );
  });
});
