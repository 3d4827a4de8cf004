import { isAppError } from '@rollcall/service-kit';
import { describe, expect, it } from 'vitest';
import { createByteBudget, expectedBytes, type ByteBudget, type Uploader } from './byte-budget.js';

const of = (organizationId: string, actor = 'device:1'): Uploader => ({ organizationId, actor });

function take(budget: ByteBudget, bytes: number, uploader: Uploader): (() => void) | undefined {
  const held = budget.hold();
  try {
    held.reserve(bytes, uploader);
    return () => held.release();
  } catch (error) {
    expect(isAppError(error, 'SERVICE_UNAVAILABLE') && error.retryAfterSeconds).toBe(1);
    return undefined;
  }
}

/** Uploads of one byte each until there is no more room; answers how many were taken. */
function fill(budget: ByteBudget, uploader: (index: number) => Uploader): number {
  for (let taken = 0; ; taken += 1) if (take(budget, 1, uploader(taken)) === undefined) return taken;
}

describe('a byte budget', () => {
  it('refuses what is too much at once, for a while, and takes it again afterwards', () => {
    const budget = createByteBudget(100);
    const release = take(budget, 40, of('a'));
    expect(take(budget, 11, of('a', 'device:2'))).toBeUndefined();
    expect([budget.used, budget.refused]).toEqual([40, 1]);
    release?.();
    release?.();
    expect(budget.used).toBe(0);
    expect(take(budget, 11, of('a', 'device:2'))).toBeDefined();
  });

  it('gives back everything a call took in several pieces', () => {
    const budget = createByteBudget(100);
    const held = budget.hold();
    held.reserve(5, of('a'));
    held.reserve(6, of('a'));
    expect(budget.used).toBe(11);
    held.release();
    expect(budget.used).toBe(0);
  });

  it('never gives one organization all of it, however many devices it has', () => {
    const budget = createByteBudget(100);
    expect(fill(budget, (index) => of('flooding', `device:${String(index)}`))).toBe(50);
    // Whoever comes next finds room, and who comes after them.
    expect(fill(budget, (index) => of('b', `device:${String(index)}`))).toBe(25);
    expect(fill(budget, (index) => of('c', `device:${String(index)}`))).toBe(12);
    expect(budget.used).toBeLessThan(100);
  });

  it('never gives one caller all that its organization may have', () => {
    const budget = createByteBudget(100);
    expect(fill(budget, () => of('a', 'flooding'))).toBe(25);
    expect(fill(budget, () => of('a', 'another'))).toBeGreaterThanOrEqual(12);
    expect(take(budget, 10, of('a', 'user:1'))).toBeDefined();
  });

  it('takes what is larger than a share when nothing else of that organization is there, and leaves the others theirs', () => {
    const budget = createByteBudget(100);
    const release = take(budget, 1_000, of('a'));
    expect(budget.used).toBe(50);
    expect(take(budget, 1, of('a', 'device:2'))).toBeUndefined();
    expect(take(budget, 20, of('b'))).toBeDefined();
    release?.();
    expect(budget.used).toBe(20);
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
