import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aSighting } from '../testing/builders.js';
import { groupVisits } from './group-visits.js';

const sightings = fc
  .array(fc.integer({ min: 0, max: 3_600_000 }), { maxLength: 40 })
  .map((times) => times.map((time, index) => aSighting(time, { id: `s${index}` })));

describe('groupVisits', () => {
  it('joins neighbours closer than the interval, over all cameras', () => {
    const visits = groupVisits(
      [
        aSighting(0, { id: 'a', sourceId: 'door' }),
        aSighting(59_999, { id: 'b', sourceId: 'hall' }),
        aSighting(119_998, { id: 'c', sourceId: 'door' }),
        aSighting(179_998, { id: 'd' }),
      ],
      60,
    );
    expect(visits.map((visit) => visit.sightingIds)).toEqual([['a', 'b', 'c'], ['d']]);
    expect(visits[0]).toMatchObject({ at: 0, lastAt: 119_998 });
  });

  it('takes the direction of the first camera that has one', () => {
    const seen = [aSighting(0), aSighting(1, { direction: 'out' }), aSighting(2, { direction: 'in' })];
    expect(groupVisits(seen, 60)[0]?.direction).toBe('out');
    expect(groupVisits(seen.slice(0, 1), 60)[0]?.direction).toBe('both');
  });

  it('is empty for nobody', () => {
    expect(groupVisits([], 60)).toEqual([]);
  });

  it('leaves its input as it was', () => {
    const seen = Object.freeze([aSighting(2), aSighting(1)]);
    expect(groupVisits(seen, 60)).toHaveLength(1);
    expect(seen.map((sighting) => sighting.capturedAt)).toEqual([2, 1]);
  });

  it('keeps every sighting once; gaps inside are shorter than the interval, gaps between are not', () => {
    fc.assert(
      fc.property(sightings, fc.integer({ min: 1, max: 600 }), (seen, interval) => {
        const visits = groupVisits(seen, interval);
        expect(groupVisits([...seen, ...seen].reverse(), interval)).toEqual(visits);
        expect(visits.flatMap((visit) => visit.sightingIds).sort()).toEqual(seen.map(({ id }) => id).sort());
        const timeOf = new Map(seen.map(({ id, capturedAt }) => [id, capturedAt]));
        const gaps = (times: readonly number[]) => times.slice(1).map((time, index) => time - (times[index] ?? 0));
        for (const visit of visits) {
          const inside = gaps(visit.sightingIds.map((id) => timeOf.get(id) ?? NaN));
          expect(inside.every((gap) => gap >= 0 && gap < interval * 1000)).toBe(true);
        }
        const between = visits.slice(1).map((visit, index) => visit.at - (visits[index]?.lastAt ?? NaN));
        expect(between.every((gap) => gap >= interval * 1000)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
