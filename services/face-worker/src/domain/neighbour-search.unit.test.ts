import { describe, expect, it } from 'vitest';
import { needsMoreNeighbours, nextNeighbourCount } from './neighbour-search.js';

const near = (userId: string) => ({ userId, faceId: 'face', similarity: 0.5 });

describe('nextNeighbourCount', () => {
  it('grows until the whole gallery has been asked for', () => {
    const counts: number[] = [];
    for (let k = nextNeighbourCount(0, 500); k > 0; k = nextNeighbourCount(k, 500)) counts.push(k);
    expect(counts).toEqual([8, 64, 500]);
  });

  it('asks an empty gallery nothing', () => {
    expect(nextNeighbourCount(0, 0)).toBe(0);
  });
});

describe('needsMoreNeighbours', () => {
  it('goes on while only one person was seen', () => {
    expect(needsMoreNeighbours([near('a'), near('a')])).toBe(true);
    expect(needsMoreNeighbours([])).toBe(true);
  });

  it('ends with the second person', () => {
    expect(needsMoreNeighbours([near('a'), near('a'), near('b')])).toBe(false);
  });
});
