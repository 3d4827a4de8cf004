import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

let folder;
let provideAddon;
let cacheKeyName;
let builds;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-cache-'));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  vi.resetModules();
  ({ provideAddon, cacheKeyName } = await import('./cache.mjs'));
  builds = 0;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const KEY = { name: 'thing', version: '1.0.0', abi: 'abi-115', libraries: { libthing: '4.6' }, recipe: 'r1' };
const provide = (clone, key = KEY) =>
  provideAddon({
    key,
    target: join(folder, clone, 'build/thing.node'),
    build: async (outputFile) => {
      builds += 1;
      await writeFile(outputFile, `built ${builds}`);
    },
  });
const content = (clone) => readFile(join(folder, clone, 'build/thing.node'), 'utf8');
const entries = () => readdir(join(folder, 'cache/rollcall/native'));

describe('provideAddon', () => {
  it('builds once, copies into a second clone, and leaves what is in place alone', async () => {
    expect(await provide('one')).toBe('built');
    expect(await provide('one')).toBe('there already');
    expect(await provide('two')).toBe('from cache');
    expect([builds, await content('one'), await content('two')]).toEqual([1, 'built 1', 'built 1']);
    expect(await entries()).toEqual([cacheKeyName(KEY)]);
  });

  it.each([
    ['version', { version: '1.0.1' }],
    ['ABI', { abi: 'abi-127' }],
    ['system library', { libraries: { libthing: '4.7' } }],
    ['recipe', { recipe: 'r2' }],
  ])('builds again for another %s, and keeps both', async (_, difference) => {
    await provide('one');
    expect(await provide('one', { ...KEY, ...difference })).toBe('built');
    expect(await provide('one')).toBe('from cache');
    expect(builds).toBe(2);
  });

  it('replaces a damaged file in the clone from the cache', async () => {
    await provide('one');
    await writeFile(join(folder, 'one/build/thing.node'), 'buil');
    expect(await provide('one')).toBe('from cache');
    expect(await content('one')).toBe('built 1');
  });

  it('builds anew over a damaged cache entry', async () => {
    await provide('one');
    await writeFile(join(folder, 'cache/rollcall/native', cacheKeyName(KEY), 'addon.node'), 'buil');
    expect(await provide('two')).toBe('built');
    expect(await content('two')).toBe('built 2');
  });

  it('leaves nothing behind when the build fails', async () => {
    const failing = provideAddon({
      key: KEY,
      target: join(folder, 'one/x.node'),
      build: () => Promise.reject(new Error('compiler')),
    });
    await expect(failing).rejects.toThrow('compiler');
    expect(await entries()).toEqual([]);
  });

  it('builds once for clones that are set up at the same time', async () => {
    const outcomes = await Promise.all([provide('one'), provide('two'), provide('three')]);
    expect(outcomes.sort()).toEqual(['built', 'from cache', 'from cache']);
    for (const clone of ['one', 'two', 'three']) expect(await content(clone)).toBe('built 1');
    expect(await entries()).toEqual([cacheKeyName(KEY)]);
  });
});
