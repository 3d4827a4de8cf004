import { describe, expect, it } from 'vitest';
import { createPaceWatch } from './pace-watch.js';

describe('the watch of a pace', () => {
  const sawAt = (...times: number[]) => {
    const pace = createPaceWatch({ frames: 3, withinMs: 100 });
    for (const time of times) pace.saw(time);
    return pace;
  };

  it('is not fast before enough has come', () => {
    expect(sawAt().isFast(0)).toBe(false);
    expect(sawAt(0, 1).isFast(2)).toBe(false);
  });

  it('is fast when enough came within the time, and no longer when they are past', () => {
    const pace = sawAt(0, 50, 90);
    expect(pace.isFast(90)).toBe(true);
    expect(pace.isFast(100)).toBe(true);
    expect(pace.isFast(101)).toBe(false);
  });

  it('counts the latest only', () => {
    expect(sawAt(0, 1, 2, 500).isFast(500)).toBe(false);
    expect(sawAt(0, 420, 450, 500).isFast(500)).toBe(true);
  });
});
