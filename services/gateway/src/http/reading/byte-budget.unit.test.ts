import { isAppError } from '@rollcall/service-kit';
import { describe, expect, it } from 'vitest';
import { createByteBudget, expectedBytes } from './byte-budget.js';

describe('a byte budget', () => {
  it('refuses what is too much at once, for a while, and takes it again afterwards', () => {
    const budget = createByteBudget(100);
    const [one, two] = [budget.hold(), budget.hold()];
    one.reserve(60);
    let thrown: unknown;
    try {
      two.reserve(41);
    } catch (error) {
      thrown = error;
    }
    expect(isAppError(thrown, 'SERVICE_UNAVAILABLE') && thrown.retryAfterSeconds).toBe(1);
    two.reserve(40);
    expect([budget.used, budget.refused]).toEqual([100, 1]);
    one.release();
    one.release();
    expect(budget.used).toBe(40);
    budget.hold().reserve(60);
  });

  it('takes what is larger than all of it when nothing else is there', () => {
    const budget = createByteBudget(100);
    budget.hold().reserve(1_000);
    expect(budget.used).toBe(100);
    expect(() => budget.hold().reserve(1)).toThrow();
  });
});

describe('expectedBytes', () => {
  it.each([
    [{ 'content-length': '10' }, 10],
    [{ 'content-length': '5000' }, 1_000],
    [{ 'content-length': 'rubbish' }, 1_000],
    [{}, 1_000],
    [{ 'content-length': '10', 'content-encoding': 'gzip' }, 1_000],
  ])('of %j', (headers, bytes) => {
    expect(expectedBytes({ headers }, 1_000)).toBe(bytes);
  });
});
