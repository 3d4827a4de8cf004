import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { IdMappedFlatIpIndex } from './id-mapped-flat-ip-index.js';

/** An index's content and queries against it: dimension, rows by id, which ids go again, k. */
const scenario = fc
  .record({
    dimension: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.constant(512)),
    ids: fc.uniqueArray(fc.maxSafeNat(), { maxLength: 40 }),
    queryCount: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.constant(25)), // from 20 on FAISS goes another way (BLAS)
    k: fc.integer({ min: 1, max: 50 }),
  })
  .chain(({ dimension, ids, queryCount, k }) =>
    fc.record({
      dimension: fc.constant(dimension),
      k: fc.constant(k),
      ids: fc.constant(ids),
      removed: fc.subarray(ids),
      vectors: fc.float32Array(rows(ids.length, dimension)),
      queries: fc.float32Array(rows(queryCount, dimension)),
    }),
  );

function rows(count: number, dimension: number): fc.Float32ArrayConstraints {
  return { minLength: count * dimension, maxLength: count * dimension, min: -8, max: 8, noNaN: true };
}

/** The inner product by a plain loop, in double precision. */
function innerProduct(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (const [i, value] of left.entries()) sum += value * (right[i] ?? Number.NaN);
  return sum;
}

/** Rounding of a sum of `dimension` float products of numbers up to 8. */
function tolerance(dimension: number): number {
  return dimension * 64 * 2 ** -23;
}

const indexes: IdMappedFlatIpIndex[] = [];
function newIndex(dimension: number): IdMappedFlatIpIndex {
  const index = new IdMappedFlatIpIndex(dimension);
  indexes.push(index);
  return index;
}
afterEach(() => {
  for (const index of indexes.splice(0)) index.dispose();
});

describe('IdMappedFlatIpIndex', () => {
  it('answers as a plain loop over the vectors would, also after removals', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ dimension, k, ids, removed, vectors, queries }) => {
        const index = newIndex(dimension);
        index.addWithIds(vectors, ids);
        expect(index.removeIds(removed)).toBe(removed.length);
        const alive = ids.filter((id) => !removed.includes(id));
        expect(index.size).toBe(alive.length);

        const { similarities, ids: found } = await index.search(queries, k);
        const queryCount = queries.length / dimension;
        expect([similarities.length, found.length]).toEqual([queryCount * k, queryCount * k]);
        for (let q = 0; q < queryCount; q++) {
          const query = queries.subarray(q * dimension, (q + 1) * dimension);
          const products = new Map(
            alive.map((id) => {
              const row = ids.indexOf(id);
              return [id, innerProduct(query, vectors.subarray(row * dimension, (row + 1) * dimension))];
            }),
          );
          const best = [...products.values()].sort((a, b) => b - a).slice(0, k);
          const seen = new Set<number>();
          for (let rank = 0; rank < k; rank++) {
            const id = found[q * k + rank] ?? Number.NaN;
            const similarity = similarities[q * k + rank] ?? Number.NaN;
            if (rank >= best.length) {
              expect([id, similarity]).toEqual([-1, -Infinity]);
              continue;
            }
            seen.add(id);
            // the right value at the rank, and the value of the vector named (equal ones may come in any order)
            expect(Math.abs(similarity - (best[rank] ?? Number.NaN))).toBeLessThanOrEqual(tolerance(dimension));
            expect(Math.abs(similarity - (products.get(id) ?? Number.NaN))).toBeLessThanOrEqual(tolerance(dimension));
          }
          expect(seen.size).toBe(best.length);
        }
        index.dispose();
      }),
      // Fewer than elsewhere: each builds and searches a native index, and a busy machine needs half a minute for a thousand.
      { numRuns: 150 },
    );
  });

  it('finds the best of a larger index', async () => {
    const dimension = 512;
    const count = 300;
    const vectors = Float32Array.from({ length: count * dimension }, (_, i) => Math.sin(i * i));
    const row = (number: number) => vectors.subarray(number * dimension, (number + 1) * dimension);
    const index = newIndex(dimension);
    index.addWithIds(
      vectors,
      Array.from({ length: count }, (_, number) => Number.MAX_SAFE_INTEGER - number),
    );
    const { ids } = await index.search(vectors, 1);
    for (let number = 0; number < count; number++) {
      const products = Array.from({ length: count }, (_, other) => innerProduct(row(number), row(other)));
      expect(ids[number]).toBe(Number.MAX_SAFE_INTEGER - products.indexOf(Math.max(...products)));
    }
  });

  it('answers every search with the index before or after a change, never between', async () => {
    const dimension = 64;
    const index = newIndex(dimension);
    const unit = (axis: number) => Float32Array.from({ length: dimension }, (_, i) => (i === axis ? 1 : 0));
    index.addWithIds(unit(0), [0]);
    const pair = Float32Array.of(...unit(1), ...unit(1));
    const searches: Promise<readonly number[]>[] = [];
    for (let round = 0; round < 500; round++) {
      const ids = [2 * round + 1, 2 * round + 2];
      index.addWithIds(pair, ids);
      searches.push(index.search(unit(1), 3).then((result) => [...result.ids]));
      index.removeIds(ids);
      searches.push(index.search(unit(1), 3).then((result) => [...result.ids]));
    }
    for (const ids of await Promise.all(searches)) {
      const added = ids.filter((id) => id > 0).sort((a, b) => a - b);
      // none of a pair, or both of one
      if (added.length === 0) expect(ids).toEqual([0, -1, -1]);
      else expect([added.length, (added[0] ?? 0) % 2, added[1]]).toEqual([2, 1, (added[0] ?? 0) + 1]);
    }
    expect(index.size).toBe(1);
  });

  it('reads the queries when called, not when it gets to them', async () => {
    const index = newIndex(2);
    index.addWithIds(Float32Array.of(1, 0, 0, 1), [10, 20]);
    const query = Float32Array.of(1, 0);
    const search = index.search(query, 1);
    query.set([0, 1]);
    expect([...(await search).ids]).toEqual([10]);
  });

  it('takes up an id again once it was removed', async () => {
    const index = newIndex(2);
    index.addWithIds(Float32Array.of(1, 0), [5]);
    expect(index.removeIds([5, 5, 6])).toBe(1);
    index.addWithIds(Float32Array.of(0, 3), [5]);
    const { ids, similarities } = await index.search(Float32Array.of(0, 1), 1);
    expect([ids[0], similarities[0]]).toEqual([5, 3]);
  });
});
