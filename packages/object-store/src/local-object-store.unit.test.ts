import { hash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalObjectStore } from './local-object-store.js';
import { newObjectKey } from './object-key.js';
import type { ListOptions, ObjectStore } from './object-store.js';

const ANN = '0190a0a0-0000-7000-8000-00000000000a';
const BOB = '0190a0a0-0000-7000-8000-00000000000b';
const MARCH = new Date('2025-03-31T23:59:59.999Z');
const APRIL = new Date('2025-04-01T00:00:00.000Z');

let parent: string;
let root: string;
let store: ObjectStore;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'rollcall-objects-'));
  root = join(parent, 'storage');
  store = createLocalObjectStore({ root });
});

afterEach(() => rm(parent, { recursive: true, force: true }));

async function keysOf(options?: ListOptions): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(options)) keys.push(key);
  return keys;
}

describe.each([{ durable: true }, { durable: false }])('local object store, durable: $durable', ({ durable }) => {
  beforeEach(() => {
    store = createLocalObjectStore({ root, durable });
  });

  it('gives back what was put, with digest and size', async () => {
    const bytes = randomBytes(100_000);
    const key = newObjectKey(ANN, MARCH);
    expect(await store.put(key, bytes)).toEqual({ sha256: hash('sha256', bytes, 'buffer'), size: 100_000 });
    expect(Buffer.from(await store.get(key)).equals(bytes)).toBe(true);
    expect(await store.exists(key)).toBe(true);
  });

  it('stores an empty object and passes on a digest the caller has', async () => {
    const sha256 = hash('sha256', '', 'buffer');
    const key = newObjectKey(ANN, MARCH);
    expect((await store.put(key, new Uint8Array(0), { sha256 })).sha256).toBe(sha256);
    expect(await store.get(key)).toHaveLength(0);
  });

  it('leaves nothing beside the object', async () => {
    const key = newObjectKey(ANN, MARCH);
    await store.put(key, randomBytes(10));
    expect(await readdir(dirname(join(root, key)))).toEqual([key.split('/').at(-1)]);
  });

  it('deletes once and says so', async () => {
    const key = newObjectKey(ANN, MARCH);
    await store.put(key, randomBytes(10));
    expect(await store.delete(key)).toBe(true);
    expect(await store.delete(key)).toBe(false);
    expect(await store.exists(key)).toBe(false);
    await expect(store.get(key)).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
  });

  it('writes many at once', async () => {
    const keys = Array.from({ length: 40 }, () => newObjectKey(ANN, MARCH));
    await Promise.all(keys.map((key) => store.put(key, Buffer.from(key))));
    for (const key of keys) expect(Buffer.from(await store.get(key)).toString()).toBe(key);
  });

  it('makes the folder again when it was removed meanwhile', async () => {
    await store.put(newObjectKey(ANN, MARCH), randomBytes(10));
    await rm(root, { recursive: true });
    const key = newObjectKey(ANN, MARCH);
    await store.put(key, randomBytes(10));
    expect(await store.exists(key)).toBe(true);
  });
});

describe('what others may see', () => {
  it('keeps files and folders to their owner', async () => {
    const key = newObjectKey(ANN, MARCH);
    await store.put(key, randomBytes(10));
    expect((await stat(join(root, key))).mode & 0o777).toBe(0o600);
    for (const folder of [root, join(root, ANN), dirname(join(root, key))]) {
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
    }
  });
});

describe('keys', () => {
  it('refuses whatever is not a key, and touches nothing', async () => {
    await writeFile(join(parent, 'secret'), 'hunter2');
    const month = `${ANN}/2025-03`;
    const outside = ['../secret', `${month}/../../../secret`, join(parent, 'secret'), '', '.', `${month}/${BOB}/`];
    const others = [`${month}/${BOB}\0.jpg`, `${month}/${BOB}\n`, `${ANN}\\2025-03\\${BOB}`, month.toUpperCase()];
    for (const key of [...outside, ...others, `${month}/.${BOB}.1-1.unfinished`]) {
      await expect(store.get(key)).rejects.toThrow(TypeError);
      await expect(store.put(key, randomBytes(1))).rejects.toThrow(TypeError);
      await expect(store.delete(key)).rejects.toThrow(TypeError);
      await expect(store.exists(key)).rejects.toThrow(TypeError);
    }
    expect(await readdir(parent)).toEqual(['secret']);
  });
});

describe('a disk that fails', () => {
  it('calls a full disk by its name', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    store = createLocalObjectStore({ root, writeFile: () => Promise.reject(full) });
    const failure = await store.put(newObjectKey(ANN, MARCH), randomBytes(10)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'STORAGE_FULL', status: 507, retryable: true, cause: full });
  });

  it('takes its temporary file away when the write cannot be finished', async () => {
    const key = newObjectKey(ANN, MARCH);
    await mkdir(join(root, key, 'in-the-way'), { recursive: true });
    await expect(store.put(key, randomBytes(10))).rejects.toMatchObject({ syscall: 'rename' });
    expect(await readdir(dirname(join(root, key)))).toHaveLength(1);
  });

  it('passes on what it has no name for', async () => {
    await writeFile(root, 'a file where the folder belongs');
    await expect(store.put(newObjectKey(ANN, MARCH), randomBytes(10))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

describe('list', () => {
  it('is empty before the first object', async () => {
    expect(await keysOf()).toEqual([]);
  });

  it('yields finished objects in the order of their keys, by prefix', async () => {
    const keys = [newObjectKey(ANN, MARCH), newObjectKey(ANN, APRIL), newObjectKey(BOB, MARCH)];
    for (const key of [...keys].reverse()) await store.put(key, Buffer.from(key));
    await writeFile(join(root, ANN, '2025-03', `.${BOB}.1-1.unfinished`), 'half');
    await writeFile(join(root, 'README.md'), 'stray');
    expect(await keysOf()).toEqual(keys);
    expect(await keysOf({ prefix: ANN })).toEqual(keys.slice(0, 2));
    expect(await keysOf({ prefix: `${ANN}/2025-04` })).toEqual([keys[1]]);
    expect(await keysOf({ prefix: keys[2] ?? '' })).toEqual([keys[2]]);
    expect(await keysOf({ prefix: 'x' })).toEqual([]);
  });

  it('yields only what is older than asked for, with size and time', async () => {
    const [old, young] = [newObjectKey(ANN, MARCH), newObjectKey(ANN, MARCH)] as const;
    await store.put(old, randomBytes(7));
    await store.put(young, randomBytes(7));
    await utimes(join(root, old), MARCH, MARCH);
    await utimes(join(root, young), APRIL, APRIL);
    const found = [];
    for await (const object of store.list({ olderThan: APRIL })) found.push(object);
    expect(found).toEqual([{ key: old, size: 7, modifiedAt: MARCH }]);
  });
});

describe('removeUnfinished', () => {
  it('removes the remains of dead writers, but neither objects nor writes under way', async () => {
    const key = newObjectKey(ANN, MARCH);
    await store.put(key, randomBytes(7));
    const folder = dirname(join(root, key));
    const [dead, alive] = [join(folder, '.dead.1-1.unfinished'), join(folder, '.alive.1-2.unfinished')];
    await writeFile(dead, 'half');
    await writeFile(alive, 'half');
    await utimes(dead, MARCH, MARCH);
    await utimes(join(root, key), MARCH, MARCH);
    expect(await store.removeUnfinished(APRIL)).toBe(1);
    expect((await readdir(folder)).sort()).toEqual(['.alive.1-2.unfinished', key.split('/').at(-1)]);
  });
});

describe('now', () => {
  it('is the time by which objects are dated', async () => {
    const key = newObjectKey(ANN, MARCH);
    const before = await store.now();
    await store.put(key, Buffer.from('x'));
    const after = await store.now();
    for await (const { modifiedAt } of store.list()) {
      expect(modifiedAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
      expect(modifiedAt.getTime()).toBeLessThanOrEqual(after.getTime());
    }
    expect(await readdir(root)).toEqual([ANN]);
  });

  it('is known of a folder that is not there yet, too', async () => {
    const fresh = createLocalObjectStore({ root: join(root, 'fresh') });
    expect(await fresh.now()).toBeInstanceOf(Date);
  });
});
