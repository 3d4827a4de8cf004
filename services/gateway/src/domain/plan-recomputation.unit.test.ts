import { addDays } from '@rollcall/attendance-rules';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRecomputation } from './plan-recomputation.js';

const people = (count: number, gone = false) =>
  Array.from({ length: count }, (_, index) => ({ id: `p${index}`, gone }));

describe('the steps of a recomputation', () => {
  it('are one for a few people and days', () => {
    expect(planRecomputation(people(3), '2025-03-01', '2025-03-07')).toEqual([
      { userIds: ['p0', 'p1', 'p2'], from: '2025-03-01', to: '2025-03-07', existingOnly: false },
    ]);
  });

  it('are none for nobody, nor when the change lies ahead', () => {
    expect(planRecomputation([], '2025-03-01', '2025-03-07')).toEqual([]);
    expect(planRecomputation(people(1), '2025-03-02', '2025-03-01')).toEqual([]);
  });

  it('ask for less of people who left', () => {
    expect(planRecomputation(people(1, true), '2025-03-01', '2025-03-01')[0]).toMatchObject({ existingOnly: true });
  });

  it('cover every day of everybody once and none is large', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_500 }), fc.integer({ min: 0, max: 400 }), (count, length) => {
        const [from, to] = ['2025-01-01', addDays('2025-01-01', length)];
        let days = 0;
        const seen = new Set<string>();
        for (const step of planRecomputation(people(count), from, to)) {
          const dates = (Date.parse(step.to) - Date.parse(step.from)) / 86_400_000 + 1;
          expect(dates * step.userIds.length).toBeLessThanOrEqual(500);
          expect(step.from >= from && step.to <= to).toBe(true);
          for (const id of step.userIds) seen.add(`${id}/${step.from}`);
          days += dates * step.userIds.length;
        }
        expect(days).toBe(count * (length + 1));
        expect(seen.size).toBe(
          planRecomputation(people(count), from, to).reduce((sum, { userIds }) => sum + userIds.length, 0),
        );
      }),
      { numRuns: 100 },
    );
  });
});
