import { describe, expect, it } from 'vitest';
import { retryPause } from './retry-pause.js';

describe('retryPause', () => {
  it('grows, is bounded and jittered', () => {
    expect(retryPause(0, () => 1)).toBe(200);
    expect(retryPause(2, () => 1)).toBe(800);
    expect(retryPause(2, () => 0)).toBe(400);
    expect(retryPause(1_000, () => 1)).toBe(5_000);
  });
});
