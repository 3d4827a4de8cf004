import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalObjectStore } from './local-object-store.js';
import { newObjectKey } from './object-key.js';
import {
  createStorageGuard,
  ForeignStorageError,
  STORAGE_MARKER,
  StorageNotThereError,
  watchStorage,
} from './storage-guard.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rollcall-guard-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const guardOf = (installation: string | undefined, folder = root, named: readonly string[] = []) =>
  createStorageGuard({
    root: folder,
    installation: () => Promise.resolve(installation),
    namedObjects: () => Promise.resolve(named),
  });

describe('a storage folder', () => {
  it('belongs to the first installation that uses it, and to no other', async () => {
    const folder = join(root, 'new');
    await guardOf('one', folder).verify();
    await guardOf('one', folder).verify();
    await expect(guardOf('two', folder).verify()).rejects.toThrow(ForeignStorageError);
  });

  it('is taken by one of many that come at once', async () => {
    const outcomes = await Promise.allSettled(['a', 'a', 'b', 'b', 'b'].map((name) => guardOf(name).verify()));
    const taken = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect([2, 3]).toContain(taken);
  });

  it.each(['', 'rubbish', '{}', '{"installation":5}'])('whose marker is %j is nobody else’s to use', async (text) => {
    await writeFile(join(root, STORAGE_MARKER), text);
    await expect(guardOf('one').verify()).rejects.toThrow(ForeignStorageError);
  });

  it('is asked about again each time: it may have been exchanged', async () => {
    const guard = guardOf('one');
    await guard.verify();
    await writeFile(join(root, STORAGE_MARKER), '{"installation":"two"}');
    await expect(guard.verify()).rejects.toThrow(ForeignStorageError);
  });

  it('is left alone while the installation does not know its own name', async () => {
    await expect(guardOf(undefined).verify()).rejects.toThrow('no identity');
    expect(await readdir(root)).toEqual([]);
  });

  it('is not taken while it lacks all that the database names: its disk may not be mounted yet', async () => {
    const keys = [1, 2].map((minute) =>
      newObjectKey('0198c0de-7a11-7c00-8000-000000000001', new Date(minute * 60_000)),
    );
    const guard = guardOf('one', root, keys);
    for (const folder of [root, join(root, 'not-there')]) {
      await expect(guardOf('one', folder, keys).verify()).rejects.toThrow(StorageNotThereError);
    }
    expect(await readdir(root)).toEqual([]);
    // Then it is mounted; one of the objects may be lost.
    await createLocalObjectStore({ root }).put(keys[1] ?? '', Buffer.from('x'));
    await guard.verify();
    expect(await readdir(root)).toContain(STORAGE_MARKER);
    // Whoever has it already is not asked for more.
    await rm(join(root, keys[1] ?? ''));
    await guard.verify();
  });

  it('is taken without its objects by the file that the refusal names', async () => {
    const key = newObjectKey('0198c0de-7a11-7c00-8000-000000000001', new Date());
    const refusal = await guardOf('one', root, [key])
      .verify()
      .catch((error: unknown) => (error as Error).message);
    expect(refusal).toContain(`${join(root, STORAGE_MARKER)} with {"installation":"one"}`);
    await writeFile(join(root, STORAGE_MARKER), '{"installation":"one"}');
    await guardOf('one', root, [key]).verify();
  });

  it('holds no object more for its marker', async () => {
    await guardOf('one').verify();
    const store = createLocalObjectStore({ root });
    const key = newObjectKey('0198c0de-7a11-7c00-8000-000000000001', new Date());
    await store.put(key, Buffer.from('x'));
    const keys: string[] = [];
    for await (const object of store.list()) keys.push(object.key);
    expect(keys).toEqual([key]);
    await store.removeUnfinished(new Date(Date.now() + 1_000));
    expect(await readdir(root)).toContain(STORAGE_MARKER);
  });
});

describe('watchStorage', () => {
  it('goes on looking until it is known whose the folder is', async () => {
    await writeFile(join(root, STORAGE_MARKER), '{"installation":"two"}');
    let tries = 0;
    const unknown: unknown[] = [];
    const guard = createStorageGuard({
      root,
      namedObjects: () => Promise.resolve([]),
      installation: () => (++tries < 3 ? Promise.reject(new Error('no database')) : Promise.resolve('one')),
    });
    const foreign = await new Promise<Error>((resolve) => {
      watchStorage(guard, { onForeign: resolve, onUnknown: (error) => unknown.push(error), everyMs: 1 });
    });
    expect(foreign).toBeInstanceOf(ForeignStorageError);
    expect([tries, unknown.length]).toEqual([3, 1]);
  });
});
