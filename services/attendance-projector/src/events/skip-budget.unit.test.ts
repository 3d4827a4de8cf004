import { describe, expect, it } from 'vitest';
import { createSkipBudget, TooManySkipsError } from './skip-budget.js';

describe('the skip budget', () => {
  it('allows five at once, then one a minute', () => {
    let now = 0;
    const budget = createSkipBudget(() => now);
    const failure = new RangeError('bad');
    const allowed = (): boolean => {
      try {
        budget.spend(failure);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(TooManySkipsError);
        expect((error as Error).cause).toBe(failure);
        return false;
      }
    };
    expect([1, 2, 3, 4, 5, 6].map(allowed)).toEqual([true, true, true, true, true, false]);
    now += 59_000;
    expect(allowed()).toBe(false);
    now += 1_000;
    expect([allowed(), allowed()]).toEqual([true, false]);
    now += 24 * 60 * 60_000;
    expect([1, 2, 3, 4, 5, 6].map(allowed)).toEqual([true, true, true, true, true, false]);
  });
});
