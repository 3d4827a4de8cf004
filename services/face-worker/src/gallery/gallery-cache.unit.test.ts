import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { faceAt, MemoryGallerySource, recordingLogger, vectorAt } from '../testing/memory-gallery-source.test.js';
import { createGalleryCache } from './gallery-cache.js';
import { createGallerySnapshots } from './gallery-snapshots.js';

const first = '00000000-0000-7000-8000-000000000001';
const second = '00000000-0000-7000-8000-000000000002';
let folder: string;
let source: MemoryGallerySource;
let logger: ReturnType<typeof recordingLogger>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-galleries-'));
  source = new MemoryGallerySource();
  logger = recordingLogger();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const createCache = (maxBytes = 1e9) =>
  createGalleryCache({
    source,
    snapshots: createGallerySnapshots({ indexPath: folder, idMapPath: folder }),
    modelId: 'model',
    dimension: 8,
    maxBytes,
    logger,
  });

describe('createGalleryCache', () => {
  it('loads a gallery once for many frames that come together', async () => {
    source.add(faceAt(1, 'ann', 0));
    const cache = createCache();
    const sizes = await Promise.all(
      [1, 2, 3].map(() => cache.use(first, 1, (gallery) => Promise.resolve(gallery.size))),
    );
    expect(sizes).toEqual([1, 1, 1]);
    expect(source.reads.versions).toBe(1);
  });

  it('applies changes before it answers a frame that was claimed at a later version', async () => {
    const cache = createCache();
    await cache.use(first, 0, () => Promise.resolve());
    source.add(faceAt(1, 'ann', 0));
    const found = await cache.use(first, 1, (gallery) => gallery.search([vectorAt(0)]));
    expect(found[0]?.[0]?.userId).toBe('ann');
    source.remove(1);
    expect(await cache.use(first, 2, (gallery) => gallery.search([vectorAt(0)]))).toEqual([[]]);
  });

  it('tells of each small gallery which faces it has, at which version', async () => {
    source.add(faceAt(1, 'ann', 0));
    const cache = createCache();
    await cache.use(first, 1, () => Promise.resolve());
    const { digest } = await source.readIdentity();
    expect(cache.figures()).toMatchObject({ gallery_digests: { [first]: { version: 1, digest } } });
    source.add(...Array.from({ length: 2_000 }, (_, index) => faceAt(index + 2, 'ann', 0)));
    await cache.refreshLoaded();
    expect(cache.figures()).toMatchObject({ gallery_versions: { [first]: 2 }, gallery_digests: {} });
  });

  it('knows of a rejection before it answers a frame that was claimed after it', async () => {
    source.add(faceAt(1, 'ann', 0));
    const cache = createCache();
    const near = (version: number) =>
      cache.use(first, version, (gallery) =>
        Promise.resolve(gallery.rejections.near([vectorAt(2), vectorAt(5)], 0.45)),
      );
    expect(await near(1)).toBeUndefined();
    source.reject({ userId: 'ann', embedding: vectorAt(2) }, { userId: 'ann', embedding: vectorAt(2, 0.5) });
    expect(await near(2)).toEqual([new Map([['ann', 1]]), new Map()]);
  });

  it('asks the database nothing while the version is the same', async () => {
    source.add(faceAt(1, 'ann', 0));
    const cache = createCache();
    await cache.use(first, 1, () => Promise.resolve());
    const before = { ...source.reads };
    await cache.use(first, 1, (gallery) => gallery.search([vectorAt(0)]));
    expect(source.reads).toEqual(before);
  });

  it('rebuilds a gallery that fell out of step while in use', async () => {
    source.add(faceAt(1, 'ann', 0));
    const cache = createCache();
    await cache.use(first, 1, () => Promise.resolve());
    source.add(faceAt(2, 'bob', 1));
    source.add(faceAt(3, 'cem', 2));
    source.changes = source.changes.filter(({ version }) => version !== 2);
    expect(await cache.use(first, 3, (gallery) => Promise.resolve(gallery.size))).toBe(3);
    expect(logger.lines.at(-1)?.message).toContain('out of step');
  });

  it('refreshes on the doorbell what is loaded', async () => {
    const cache = createCache();
    await cache.use(first, 0, () => Promise.resolve());
    source.add(faceAt(1, 'ann', 0));
    await cache.refreshLoaded();
    const before = source.reads.changes;
    expect(await cache.use(first, 1, (gallery) => Promise.resolve(gallery.size))).toBe(1);
    expect(source.reads.changes).toBe(before);
  });

  it('gives up the longest unused gallery above the limit, and saves it first', async () => {
    source.add(...Array.from({ length: 50 }, (_, index) => faceAt(index + 1, `user-${index}`, index % 8)));
    const cache = createCache(1_000);
    await cache.use(first, 1, () => Promise.resolve());
    await cache.use(second, 1, () => Promise.resolve());
    await vi.waitFor(() => expect(cache.figures().galleries).toBe(1));
    await cache.close();
    expect((await readdir(folder)).sort()).toEqual([first, second]);
    expect(await readdir(join(folder, first))).toHaveLength(2);
  });

  it('keeps a gallery that is being searched', async () => {
    source.add(faceAt(1, 'ann', 0));
    const cache = createCache(1);
    await cache.use(first, 1, async (gallery) => {
      await cache.use(second, 1, () => Promise.resolve());
      expect((await gallery.search([vectorAt(0)]))[0]).toHaveLength(1);
    });
    await cache.close();
  });

  it('writes no snapshot when nothing has changed since the last', async () => {
    source.add(faceAt(1, 'ann', 0));
    const cache = createCache();
    await cache.use(first, 1, () => Promise.resolve());
    await cache.saveChanged();
    const before = await readdir(join(folder, first));
    await cache.saveChanged();
    expect(await readdir(join(folder, first))).toEqual(before);
  });

  it('goes on when a snapshot cannot be written', async () => {
    source.add(faceAt(1, 'ann', 0));
    const cache = createGalleryCache({
      source,
      snapshots: createGallerySnapshots({ indexPath: '/dev/null/no', idMapPath: '/dev/null/no' }),
      modelId: 'model',
      dimension: 8,
      maxBytes: 1e9,
      logger,
    });
    await cache.use(first, 1, () => Promise.resolve());
    await cache.saveChanged();
    expect(logger.lines.at(-1)).toMatchObject({ level: 'error' });
    expect(await cache.use(first, 1, (gallery) => Promise.resolve(gallery.size))).toBe(1);
  });
});
