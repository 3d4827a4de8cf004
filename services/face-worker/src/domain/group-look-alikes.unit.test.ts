import { describe, expect, it } from 'vitest';
import { groupLookAlikes, pictureScore, type StrangeFace } from './group-look-alikes.js';

/** A unit vector along one axis; `lean` turns it towards the next axis (0..1). */
function vectorAt(axis: number, lean = 0): Float32Array {
  const vector = new Float32Array(8);
  vector[axis] = Math.sqrt(1 - lean * lean);
  vector[axis + 1] = lean;
  return vector;
}

const sharp = { size: 120, blur: 200, yaw: 0, pitch: 0 };
const small = { ...sharp, size: 30 };

const face = (reviewId: string, axis: number, lean = 0, quality: StrangeFace['quality'] = sharp): StrangeFace => ({
  reviewId,
  embedding: vectorAt(axis, lean),
  quality,
});

let count = 0;
const newId = () => `group-${++count}`;
const group = (sightings: StrangeFace[], known: Parameters<typeof groupLookAlikes>[1] = []) => {
  count = 0;
  return groupLookAlikes(sightings, known, 0.5, newId);
};

describe('groupLookAlikes', () => {
  it('puts look-alikes together and keeps others apart', () => {
    expect(group([face('a1', 0), face('b1', 3), face('a2', 0, 0.3), face('b2', 3, 0.2)])).toEqual([
      { id: 'group-1', isNew: true, bestReviewId: 'a1', reviewIds: ['a1', 'a2'] },
      { id: 'group-2', isNew: true, bestReviewId: 'b1', reviewIds: ['b1', 'b2'] },
    ]);
  });

  it('adds to the nearest of the groups there are, and leaves its best unless the new one is clearly better', () => {
    const known = [
      { id: 'far', best: face('x', 1) },
      { id: 'near', best: face('y', 0, 0.1, small) },
    ];
    expect(group([face('a1', 0, 0, { ...small, size: 33 })], known)).toEqual([
      { id: 'near', isNew: false, bestReviewId: undefined, reviewIds: ['a1'] },
    ]);
    expect(group([face('a1', 0, 0, sharp)], known)).toMatchObject([{ id: 'near', bestReviewId: 'a1' }]);
  });

  it('does not grow a chain of ever less similar faces', () => {
    // Each resembles its neighbour at 0.7, and the one after that hardly.
    const chain = [face('1', 0), face('2', 0, 0.7), face('3', 1), face('4', 1, 0.7)];
    expect(group(chain).map(({ reviewIds }) => reviewIds)).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('takes faces exactly at the threshold, and none below', () => {
    const half = Math.sqrt(1 - 0.25);
    expect(group([face('1', 0), face('2', 0, half - 1e-6)])).toHaveLength(1);
    expect(group([face('1', 0), face('2', 0, half + 1e-3)])).toHaveLength(2);
  });

  it('has nothing to say of nothing', () => {
    expect(group([])).toEqual([]);
  });
});

it('a large, sharp and frontal picture is the better one', () => {
  expect(pictureScore(sharp)).toBeGreaterThan(pictureScore(small));
  expect(pictureScore(sharp)).toBeGreaterThan(pictureScore({ ...sharp, yaw: 40 }));
  expect(pictureScore(sharp)).toBeGreaterThan(pictureScore({ ...sharp, blur: 20 }));
  expect(pictureScore({})).toBe(0);
});
