import { describe, expect, it } from 'vitest';
import { isFaissError, type FaissErrorCode } from './errors.js';
import { IdMappedFlatIpIndex } from './id-mapped-flat-ip-index.js';

async function codeOf(action: () => unknown): Promise<FaissErrorCode | 'no error'> {
  try {
    await action();
    return 'no error';
  } catch (error) {
    if (!isFaissError(error)) throw error;
    expect(error.message).not.toBe('');
    return error.code;
  }
}

function twoOfThree(): IdMappedFlatIpIndex {
  const index = new IdMappedFlatIpIndex(3);
  index.addWithIds(Float32Array.of(1, 0, 0, 0, 1, 0), [1, 2]);
  return index;
}

/** Calls from plain JavaScript, where the types hold nobody back. */
const anything = (value: unknown) => value as never;

describe('errors', () => {
  it.each<[string, unknown]>([
    ['0', 0],
    ['negative', -1],
    ['fraction', 1.5],
    ['NaN', Number.NaN],
    ['too large', 65_537],
    ['string', '3'],
    ['missing', undefined],
  ])('refuses the dimension %s', async (_, dimension) => {
    expect(await codeOf(() => new IdMappedFlatIpIndex(anything(dimension)))).toBe('FAISS_INVALID_ARGUMENT');
  });

  it.each<[string, unknown, unknown, FaissErrorCode]>([
    ['a row too short', Float32Array.of(1, 2), [9], 'FAISS_DIMENSION_MISMATCH'],
    ['more ids than rows', Float32Array.of(1, 2, 3), [8, 9], 'FAISS_DIMENSION_MISMATCH'],
    ['no ids', Float32Array.of(1, 2, 3), [], 'FAISS_DIMENSION_MISMATCH'],
    ['NaN', Float32Array.of(1, Number.NaN, 3), [9], 'FAISS_NOT_FINITE'],
    ['Infinity', Float32Array.of(1, 2, -Infinity), [9], 'FAISS_NOT_FINITE'],
    ['an id that is there', Float32Array.of(1, 2, 3), [2], 'FAISS_DUPLICATE_ID'],
    ['an id twice', Float32Array.of(1, 2, 3, 4, 5, 6), [9, 9], 'FAISS_DUPLICATE_ID'],
    ['a negative id', Float32Array.of(1, 2, 3), [-1], 'FAISS_INVALID_ID'],
    ['a fractional id', Float32Array.of(1, 2, 3), [0.5], 'FAISS_INVALID_ID'],
    ['an unsafe id', Float32Array.of(1, 2, 3), [2 ** 53], 'FAISS_INVALID_ID'],
    ['a bigint id', Float32Array.of(1, 2, 3), [9n], 'FAISS_INVALID_ID'],
    ['a hole in the ids', Float32Array.of(1, 2, 3), new Array(1), 'FAISS_INVALID_ID'],
    ['a plain array', [1, 2, 3], [9], 'FAISS_INVALID_ARGUMENT'],
    ['doubles', Float64Array.of(1, 2, 3), [9], 'FAISS_INVALID_ARGUMENT'],
    ['ids as a typed array', Float32Array.of(1, 2, 3), Float64Array.of(9), 'FAISS_INVALID_ARGUMENT'],
  ])('addWithIds refuses %s and adds nothing', async (_, vectors, ids, code) => {
    const index = twoOfThree();
    expect(
      await codeOf(() => {
        index.addWithIds(anything(vectors), anything(ids));
      }),
    ).toBe(code);
    expect(index.size).toBe(2);
    // the ids of a refused call are free
    index.addWithIds(Float32Array.of(1, 2, 3, 4, 5, 6), [8, 9]);
    expect(index.size).toBe(4);
  });

  it.each<[string, unknown, unknown, FaissErrorCode]>([
    ['a row too short', Float32Array.of(1, 2), 1, 'FAISS_DIMENSION_MISMATCH'],
    ['NaN', Float32Array.of(1, Number.NaN, 3), 1, 'FAISS_NOT_FINITE'],
    ['k of 0', Float32Array.of(1, 2, 3), 0, 'FAISS_INVALID_ARGUMENT'],
    ['a fractional k', Float32Array.of(1, 2, 3), 1.5, 'FAISS_INVALID_ARGUMENT'],
    ['a huge k', Float32Array.of(1, 2, 3), 2 ** 40, 'FAISS_INVALID_ARGUMENT'],
    ['too large an answer', new Float32Array(3 * 1000), 65_536, 'FAISS_INVALID_ARGUMENT'],
    ['a buffer', Buffer.alloc(12), 1, 'FAISS_INVALID_ARGUMENT'],
  ])('search refuses %s by a rejection', async (_, queries, k, code) => {
    const search = twoOfThree().search(anything(queries), anything(k));
    expect(await codeOf(() => search)).toBe(code);
  });

  it('removeIds refuses what is no id', async () => {
    const index = twoOfThree();
    expect(await codeOf(() => index.removeIds([1, -1]))).toBe('FAISS_INVALID_ID');
    expect(index.size).toBe(2);
  });

  it('an index disposed answers every call with an error, and searches under way with their result', async () => {
    const index = twoOfThree();
    const search = index.search(Float32Array.of(1, 0, 0), 1);
    index.dispose();
    index.dispose();
    expect([...(await search).ids]).toEqual([1]);
    expect(await codeOf(() => index.size)).toBe('FAISS_DISPOSED');
    expect(
      await codeOf(() => {
        index.addWithIds(Float32Array.of(1, 2, 3), [7]);
      }),
    ).toBe('FAISS_DISPOSED');
    expect(await codeOf(() => index.removeIds([1]))).toBe('FAISS_DISPOSED');
    expect(await codeOf(() => index.search(Float32Array.of(1, 2, 3), 1))).toBe('FAISS_DISPOSED');
    expect(await codeOf(() => index.save('nowhere'))).toBe('FAISS_DISPOSED');
  });

  it('survives an array whose getter disposes the index', async () => {
    const index = twoOfThree();
    const ids = Object.defineProperty([0], 0, { get: () => (index.dispose(), 7) });
    await codeOf(() => {
      index.addWithIds(Float32Array.of(1, 2, 3), ids);
    });
    expect(await codeOf(() => index.size)).toBe('FAISS_DISPOSED');
  });
});
