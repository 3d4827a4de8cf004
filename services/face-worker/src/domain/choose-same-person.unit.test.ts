import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseSamePerson as choose } from './choose-same-person.js';

const chooseSamePerson = (embeddings: readonly Float32Array[], threshold = 0.35) => choose(embeddings, threshold);

/** A unit vector in the plane; the cosine between two is the cosine of the angle between them. */
function at(degrees: number): Float32Array {
  const angle = (degrees * Math.PI) / 180;
  return Float32Array.of(Math.cos(angle), Math.sin(angle));
}

describe('chooseSamePerson', () => {
  it('keeps all photos of one person', () => {
    expect(chooseSamePerson([at(0), at(20), at(40)])).toEqual([0, 1, 2]);
  });

  it('leaves out the one that shows somebody else', () => {
    expect(chooseSamePerson([at(0), at(90), at(10), at(20)])).toEqual([0, 2, 3]);
  });

  it('wants every pair to be alike, not only neighbours', () => {
    // 0 and 120 are not alike, though both resemble 60
    expect(chooseSamePerson([at(0), at(60), at(120)])).toHaveLength(2);
  });

  it('asks for as much likeness as it is told', () => {
    expect(chooseSamePerson([at(0), at(20), at(45)], 0.9)).toEqual([0, 1]);
  });

  it('prefers the more similar of two groups of the same size', () => {
    expect(chooseSamePerson([at(0), at(40), at(180), at(185)])).toEqual([2, 3]);
  });

  it('takes the earlier photos when nothing else tells', () => {
    expect(chooseSamePerson([at(0), at(90), at(180)])).toEqual([0]);
  });

  it('has nobody in no photos', () => {
    expect(chooseSamePerson([])).toEqual([]);
  });

  it('refuses more photos than can be compared', () => {
    expect(() => chooseSamePerson(Array.from({ length: 13 }, () => at(0)))).toThrow(RangeError);
  });

  it('finds a group in which all pairs are alike, and none that could take one more', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 359 }), { maxLength: 7 }), (angles) => {
        const vectors = angles.map(at);
        const chosen = chooseSamePerson(vectors, 0.35);
        const alike = (a: number, b: number) =>
          Math.cos((((angles[a] ?? 0) - (angles[b] ?? 0)) * Math.PI) / 180) >= 0.35;
        for (const a of chosen) for (const b of chosen) expect(alike(a, b) || a === b).toBe(true);
        const others = angles.map((_, index) => index).filter((index) => !chosen.includes(index));
        for (const other of others) expect(chosen.every((member) => alike(member, other))).toBe(false);
      }),
    );
  });
});
