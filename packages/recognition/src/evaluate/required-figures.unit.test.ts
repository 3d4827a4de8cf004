import { describe, expect, it } from 'vitest';
import type { PairsReport } from './evaluate-pairs.js';
import { findUnreached, readRequirement } from './required-figures.js';

const pairsOf = (accuracy: number) => ({ figures: { accuracy } as PairsReport['figures'] });

describe('what an evaluation has to reach', () => {
  it('is reached at the limit itself, and nothing is asked for unless it is said', () => {
    const groups = { recall: 0.9, falseFaces: 2 };
    expect(findUnreached({ accuracy: 0.99, recall: 0.9, falseFaces: 2 }, pairsOf(0.99), groups)).toEqual([]);
    expect(findUnreached({}, undefined, undefined)).toEqual([]);
  });

  it('is told figure by figure when it is not', () => {
    const groups = { recall: 0.8, falseFaces: 3 };
    expect(findUnreached({ accuracy: 0.99, recall: 0.9, falseFaces: 2 }, pairsOf(0.98), groups)).toEqual([
      'accuracy 0.98, required at least 0.99',
      'recall 0.8, required at least 0.9',
      'false faces 3, required at most 2',
    ]);
  });

  it('is not reached by what was not measured, or is no number', () => {
    expect(findUnreached({ accuracy: 0.5, recall: 0, falseFaces: 9 }, pairsOf(Number.NaN), undefined)).toHaveLength(3);
  });

  it('is a number in its range', () => {
    expect(readRequirement('require-accuracy', '0.99', 1)).toBe(0.99);
    expect(readRequirement('max-false', '12')).toBe(12);
    expect(readRequirement('max-false', undefined)).toBeUndefined();
    for (const text of ['99', '-1', 'much', '']) {
      expect(() => readRequirement('require-accuracy', text, 1)).toThrow('--require-accuracy');
    }
  });
});
