import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IdMappedFlatIpIndex } from './id-mapped-flat-ip-index.js';

let folder: string;
let snapshot: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-faiss-'));
  const index = new IdMappedFlatIpIndex(4);
  index.addWithIds(
    Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)),
    [...Array(10).keys()],
  );
  await index.save(join(folder, 'sound'));
  snapshot = await readFile(join(folder, 'sound'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const load = (name: string) => IdMappedFlatIpIndex.load(join(folder, name));

describe('snapshots', () => {
  it('bring back an index that answers the same and goes on changing', async () => {
    const index = new IdMappedFlatIpIndex(4);
    index.addWithIds(Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0), [3, Number.MAX_SAFE_INTEGER, 0]);
    index.removeIds([3]);
    await index.save(join(folder, 'again'));
    await index.save(join(folder, 'again')); // replaces
    const loaded = await load('again');
    expect([loaded.dimension, loaded.size]).toEqual([4, 2]);
    const query = Float32Array.of(0.1, 0.9, 0.2, 0.3);
    expect(await loaded.search(query, 3)).toEqual(await index.search(query, 3));
    expect(() => {
      loaded.addWithIds(query, [0]);
    }).toThrow(expect.objectContaining({ code: 'FAISS_DUPLICATE_ID' }));
    loaded.addWithIds(query, [3]);
    expect(loaded.removeIds([Number.MAX_SAFE_INTEGER])).toBe(1);
    expect([...(await loaded.search(query, 1)).ids]).toEqual([3]);
  });

  it('hold an empty index too', async () => {
    await new IdMappedFlatIpIndex(7).save(join(folder, 'empty'));
    const loaded = await load('empty');
    expect([loaded.dimension, loaded.size]).toEqual([7, 0]);
  });

  it('leave no temporary files behind', async () => {
    await mkdir(join(folder, 'tidy'));
    const index = new IdMappedFlatIpIndex(2);
    await Promise.all(Array.from({ length: 8 }, () => index.save(join(folder, 'tidy', 'snapshot'))));
    await mkdir(join(folder, 'tidy', 'a-folder'));
    await expect(index.save(join(folder, 'tidy', 'a-folder'))).rejects.toMatchObject({ code: 'FAISS_IO' });
    expect((await readdir(join(folder, 'tidy'))).sort()).toEqual(['a-folder', 'snapshot']);
  });

  it('are refused when cut off anywhere', async () => {
    for (let length = 0; length < snapshot.length; length++) {
      await writeFile(join(folder, 'cut'), snapshot);
      await truncate(join(folder, 'cut'), length);
      await expect(load('cut'), `cut at ${String(length)}`).rejects.toMatchObject({ code: 'FAISS_BAD_INDEX' });
    }
  });

  it('are refused when any byte differs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(snapshot.length - 1), fc.integer({ min: 1, max: 255 }), async (position, change) => {
        const damaged = Buffer.from(snapshot);
        damaged[position] = (damaged[position] ?? 0) ^ change;
        await writeFile(join(folder, 'damaged'), damaged);
        await expect(load('damaged')).rejects.toMatchObject({ code: 'FAISS_BAD_INDEX' });
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, () => Buffer]>([
    ['text', () => Buffer.from('not an index at all, but long enough to hold a footer')],
    ['FAISS data without our footer', () => snapshot.subarray(0, -24)],
    ['more after the footer', () => Buffer.concat([snapshot, Buffer.alloc(8)])],
    ['the footer alone', () => snapshot.subarray(-24)],
  ])('are refused when the file is %s', async (_, content) => {
    await writeFile(join(folder, 'foreign'), content());
    await expect(load('foreign')).rejects.toMatchObject({ code: 'FAISS_BAD_INDEX' });
  });

  it('cannot be read from, or written to, places that are no files', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const name of ['missing', 'missing/deeper', '.', 'pipe']) {
      await expect(load(name)).rejects.toMatchObject({ code: 'FAISS_IO' });
    }
    const index = new IdMappedFlatIpIndex(2);
    await expect(index.save(join(folder, 'missing/deeper'))).rejects.toMatchObject({ code: 'FAISS_IO' });
    await expect(index.save('')).rejects.toMatchObject({ code: 'FAISS_INVALID_ARGUMENT' });
    await expect(index.save('a\0b')).rejects.toMatchObject({ code: 'FAISS_INVALID_ARGUMENT' });
  });
});
