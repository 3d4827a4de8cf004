import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faceAt, MemoryGallerySource, recordingLogger, vectorAt } from '../testing/memory-gallery-source.test.js';
import { createGallerySnapshots, type GallerySnapshots } from './gallery-snapshots.js';
import { loadGallery } from './load-gallery.js';

const key = { organizationId: '00000000-0000-7000-8000-000000000001', modelId: 'a model/1' };
const dimension = 8;
let folder: string;
let source: MemoryGallerySource;
let snapshots: GallerySnapshots;
let logger: ReturnType<typeof recordingLogger>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-galleries-'));
  source = new MemoryGallerySource();
  logger = recordingLogger();
  snapshots = createGallerySnapshots({ indexPath: join(folder, 'index'), idMapPath: join(folder, 'map') });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const load = () => loadGallery(key, { source, snapshots, dimension, logger });

async function enrolAndSave(): Promise<void> {
  source.add(faceAt(1, 'ann', 0), faceAt(2, 'bob', 3));
  source.add(faceAt(3, 'ann', 0, 0.2));
  const { gallery } = await load();
  expect(await snapshots.write(key, gallery, dimension)).toBe(true);
}

const mapFile = async () => join(folder, 'map', key.organizationId, (await filesIn('map'))[0] ?? '');
const filesIn = (part: 'index' | 'map') => readdir(join(folder, part, key.organizationId));

describe('loadGallery', () => {
  it('builds from the database in pages when there is no snapshot', async () => {
    source.pageSize = 2;
    source.add(...[1, 2, 3, 4, 5].map((faissId) => faceAt(faissId, `user-${faissId}`, faissId)));
    const { gallery, snapshotVersion } = await load();
    expect([gallery.size, gallery.version, snapshotVersion]).toEqual([5, 1, undefined]);
  });

  it('knows what was rejected, with and without a snapshot', async () => {
    await enrolAndSave();
    source.reject({ userId: 'ann', embedding: vectorAt(2) });
    expect((await load()).gallery.rejections.size).toBe(1);
    await rm(folder, { recursive: true, force: true });
    expect((await load()).gallery.rejections.size).toBe(1);
  });

  it('puts right what changes while it is read', async () => {
    source.pageSize = 1;
    source.add(faceAt(1, 'ann', 0), faceAt(2, 'bob', 1));
    const readFaces = source.readFaces.bind(source);
    source.readFaces = async (asked, after) => {
      const page = await readFaces(asked, after);
      if (after === 0) {
        source.remove(1);
        source.add(faceAt(3, 'cem', 2));
      }
      return page;
    };
    const { gallery } = await load();
    expect([...gallery.owners.keys()].sort()).toEqual([2, 3]);
    expect(gallery.version).toBe(3);
  });

  it('comes from the snapshot and reads only what changed since', async () => {
    await enrolAndSave();
    source.remove(2);
    source.add(faceAt(4, 'dea', 5));
    source.reads.faces = 0;
    const { gallery, snapshotVersion } = await load();
    expect(source.reads.faces).toBe(0);
    expect([gallery.version, snapshotVersion]).toEqual([4, 2]);
    expect([...gallery.owners.keys()].sort()).toEqual([1, 3, 4]);
    expect((await gallery.search([vectorAt(5)]))[0]?.[0]).toMatchObject({ userId: 'dea', similarity: 1 });
  });

  it.each([
    ['an index cut short', 'index', (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    ['an index with one wrong bit', 'index', (bytes: Buffer) => flip(bytes, 200)],
    ['an id map cut short', 'map', (bytes: Buffer) => bytes.subarray(0, bytes.length - 20)],
    ['an id map with one wrong name', 'map', (bytes: Buffer) => Buffer.from(bytes.toString().replace('bob', 'eve'))],
    ['an empty id map', 'map', () => Buffer.alloc(0)],
  ] as const)('is rebuilt after %s', async (_, part, damage) => {
    await enrolAndSave();
    const [name = ''] = await filesIn(part);
    const path = join(folder, part, key.organizationId, name);
    await writeFile(path, damage(await readFile(path)));
    const { gallery, snapshotVersion } = await load();
    expect([gallery.size, snapshotVersion]).toEqual([3, undefined]);
    expect(gallery.owners.get(2)?.userId).toBe('bob');
    expect(logger.lines.some(({ level }) => level === 'warn')).toBe(true);
  });

  it('is rebuilt when its index file is gone', async () => {
    await enrolAndSave();
    await rm(join(folder, 'index'), { recursive: true });
    expect((await load()).gallery.size).toBe(3);
  });

  it('is rebuilt when the database was restored to an earlier state', async () => {
    await enrolAndSave();
    source = new MemoryGallerySource();
    source.add(faceAt(1, 'ann', 0));
    const { gallery } = await load();
    expect([gallery.size, gallery.version]).toEqual([1, 1]);
  });

  it('is rebuilt when a restored database has gone on to the same version with another person', async () => {
    await enrolAndSave();
    source = new MemoryGallerySource();
    source.add(faceAt(1, 'ann', 0), faceAt(2, 'eve', 3));
    source.add(faceAt(3, 'ann', 0, 0.2));
    const { gallery } = await load();
    expect(gallery.owners.get(2)?.userId).toBe('eve');
  });

  it('is rebuilt when changes it would need are gone', async () => {
    await enrolAndSave();
    source.add(faceAt(4, 'dea', 5));
    source.add(faceAt(5, 'dea', 6));
    source.changes = source.changes.filter(({ version }) => version !== 3);
    const { gallery } = await load();
    expect([gallery.size, gallery.version]).toEqual([5, 4]);
  });

  it('is not shared between models', async () => {
    await enrolAndSave();
    const other = await snapshots.read({ ...key, modelId: 'a model/2' }, dimension);
    expect(other.kind).toBe('none');
    const renamed = JSON.parse(await readFile(await mapFile(), 'utf8')) as Record<string, unknown>;
    await writeFile(await mapFile(), JSON.stringify({ ...renamed, model_id: 'a model/2' }));
    expect((await snapshots.read(key, dimension)).kind).toBe('damaged');
  });
});

describe('snapshots', () => {
  it('leave one index and one map, for the owner alone', async () => {
    await enrolAndSave();
    source.add(faceAt(4, 'dea', 5));
    const { gallery } = await load();
    await snapshots.write(key, gallery, dimension);
    expect([(await filesIn('index')).length, (await filesIn('map')).length]).toEqual([1, 1]);
  });

  it('are thrown away when the gallery changes while they are written', async () => {
    await enrolAndSave();
    const { gallery } = await load();
    const writing = snapshots.write(key, gallery, dimension);
    gallery.apply([{ op: 'remove', version: 3, faissId: 1 }], 3);
    expect(await writing).toBe(false);
    const kept = await snapshots.read(key, dimension);
    expect(kept.kind === 'gallery' && kept.gallery.version).toBe(2);
    expect(await filesIn('index')).toHaveLength(1);
  });
});

function flip(bytes: Buffer, position: number): Buffer {
  const damaged = Buffer.from(bytes);
  damaged[position] = (damaged[position] ?? 0) ^ 0x10;
  return damaged;
}
