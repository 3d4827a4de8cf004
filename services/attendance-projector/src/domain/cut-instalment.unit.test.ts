import { addDays } from '@rollcall/attendance-rules';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAYS_AN_INSTALMENT, nextSlice, spanAfter, type RecomputationSpan } from './cut-instalment.js';

const span = (from: string, to: string): RecomputationSpan => ({
  ...{ id: '1', userId: null, from, to, sliceFrom: null, afterUserId: null },
  cause: { id: 'c', correlationId: 'c', subject: 'organizations/1' },
});

/** All instalments of a span over so many people: how many dates and people each has. */
function workOff(whole: RecomputationSpan, people: number): { dates: string[]; people: number }[] {
  const instalments: { dates: string[]; people: number }[] = [];
  let left: RecomputationSpan | undefined = whole;
  let reached = 0;
  while (left !== undefined) {
    const slice = nextSlice(left, people);
    const taken = Math.min(slice.people, people - reached);
    reached += taken;
    const dates: string[] = [];
    for (let date = slice.from; date <= slice.to; date = addDays(date, 1)) dates.push(date);
    instalments.push({ dates, people: taken });
    const progress = spanAfter(left, slice, reached < people ? String(reached) : null);
    if (reached === people) reached = 0;
    left = progress && { ...left, ...progress };
  }
  return instalments;
}

describe('the instalments of a span', () => {
  it('are one for a few people and dates', () => {
    expect(workOff(span('2025-03-01', '2025-03-07'), 3)).toMatchObject([{ people: 3, dates: { length: 7 } }]);
  });

  it('begin with the newest dates, and finish them for everybody before older ones', () => {
    const [first, second, third] = workOff(span('2025-03-01', '2025-03-31'), 70);
    expect([first?.dates[0], second?.dates[0], third?.dates[0]]).toEqual(['2025-03-18', '2025-03-18', '2025-03-04']);
  });

  it('cover every day of everybody once, and none is large', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 0, max: 100 }), (people, length) => {
        const whole = span('2025-01-01', addDays('2025-01-01', length));
        const days = new Map<string, number>();
        for (const instalment of workOff(whole, people)) {
          expect(instalment.dates.length * instalment.people).toBeLessThanOrEqual(DAYS_AN_INSTALMENT);
          for (const date of instalment.dates) days.set(date, (days.get(date) ?? 0) + instalment.people);
        }
        expect(days.size).toBe(length + 1);
        expect(new Set(days.values())).toEqual(new Set([people]));
      }),
    );
  });
});
