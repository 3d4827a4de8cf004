import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadOrCreateSecretKey } from './secret-key.mjs';

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-key-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('loadOrCreateSecretKey', () => {
  it('makes a key once, for its owner only', async () => {
    const file = join(folder, 'secrets/secret-key');
    const key = await loadOrCreateSecretKey(file);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await loadOrCreateSecretKey(file)).toBe(key);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'secrets'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, 'secrets'))).toEqual(['secret-key']);
  });

  it('makes another key for another installation', async () => {
    const keys = await Promise.all(['a', 'b'].map((name) => loadOrCreateSecretKey(join(folder, name))));
    expect(keys[0]).not.toBe(keys[1]);
  });
});
