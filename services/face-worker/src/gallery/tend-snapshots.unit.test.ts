import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faceAt, MemoryGallerySource, recordingLogger, vectorAt } from '../testing/memory-gallery-source.test.js';
import { createGalleryCache } from './gallery-cache.js';
import { createGallerySnapshots } from './gallery-snapshots.js';
import { createSavedSnapshots } from './saved-snapshots.js';
import { tendSnapshots } from './tend-snapshots.js';

const idle = '00000000-0000-7000-8000-000000000001';
let folder: string;
let source: MemoryGallerySource;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-tend-'));
  source = new MemoryGallerySource();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A worker's part in this: its galleries in memory, and the tending. */
function start({ modelId = 'model', split = false } = {}) {
  const paths = { indexPath: split ? join(folder, 'index') : folder, idMapPath: split ? join(folder, 'map') : folder };
  const snapshots = createGallerySnapshots(paths);
  const logger = recordingLogger();
  const shared = { source, snapshots, modelId, dimension: 8, logger };
  const galleries = createGalleryCache({ ...shared, maxBytes: 1e9 });
  const saved = createSavedSnapshots(paths);
  return {
    galleries,
    saved,
    logger,
    tend: () => tendSnapshots({ ...shared, galleries, saved, now: () => new Date() }),
  };
}

async function filesWith(vector: Float32Array): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const bytes = Buffer.from(vector.buffer);
  const found = await Promise.all(paths.map(async (path) => ((await readFile(path)).includes(bytes) ? [path] : [])));
  return found.flat();
}

/** A snapshot of two people, left behind by a worker that ended. */
async function saveTwo(options: Parameters<typeof start>[0] = {}): Promise<void> {
  source.add(faceAt(1, 'ann', 0), faceAt(2, 'bob', 3));
  const { galleries } = start(options);
  await galleries.use(idle, source.version, () => Promise.resolve());
  await galleries.close();
}

describe.each([false, true])('tending snapshots (id maps in a folder of their own: %s)', (split) => {
  it('takes an erased vector out of the file of an organization that nobody has loaded', async () => {
    await saveTwo({ split });
    source.remove(1);
    expect(await filesWith(vectorAt(0))).toHaveLength(1);
    const { galleries, saved, tend } = start({ split });
    await tend();
    expect(await filesWith(vectorAt(0))).toEqual([]);
    expect(await filesWith(vectorAt(3))).toHaveLength(1);
    expect(await saved.list()).toEqual([{ key: { organizationId: idle, modelId: 'model' }, version: 2 }]);
    expect(galleries.figures().galleries).toBe(0);
  });

  it('leaves no file of a gallery that has become empty', async () => {
    await saveTwo({ split });
    source.remove(1, 2);
    await start({ split }).tend();
    expect(await filesWith(vectorAt(0))).toEqual([]);
    expect(await filesWith(vectorAt(3))).toEqual([]);
  });

  it('does the same for a gallery in memory that no frame and no ring reaches', async () => {
    await saveTwo({ split });
    const { galleries, tend } = start({ split });
    await galleries.use(idle, 0, () => Promise.resolve());
    source.remove(1);
    await tend();
    expect(await filesWith(vectorAt(0))).toEqual([]);
    await galleries.close();
    expect(await filesWith(vectorAt(0))).toEqual([]);
  });

  it('drops what is behind of a model that is not used any more', async () => {
    await saveTwo({ split });
    source.remove(1);
    await start({ modelId: 'newer', split }).tend();
    expect(await filesWith(vectorAt(0))).toEqual([]);
    expect(await filesWith(vectorAt(3))).toEqual([]);
  });

  it('writes nothing while everything is in step', async () => {
    await saveTwo({ split });
    const before = await readdir(folder, { recursive: true });
    await start({ split }).tend();
    await start({ modelId: 'newer', split }).tend();
    expect(await readdir(folder, { recursive: true })).toEqual(before);
  });

  it('leaves alone what is of no gallery of this database', async () => {
    await saveTwo({ split });
    source.version = 0;
    await start({ split }).tend();
    expect(await filesWith(vectorAt(0))).toHaveLength(1);
  });

  it('removes index files that no id map names and what an interrupted write left, when they are old', async () => {
    await saveTwo({ split });
    const index = join(folder, split ? 'index' : '', idle);
    const old = new Date(Date.now() - 2 * 60 * 60_000);
    const litter = ['model-1-0000.faiss', 'model-2-1111.faiss.tmp', 'model.json.2222.tmp'].map((name) =>
      join(index, name),
    );
    await mkdir(index, { recursive: true });
    for (const path of litter) {
      await writeFile(path, Buffer.from(vectorAt(5, 0.3).buffer));
      await utimes(path, old, old);
    }
    const beingWritten = join(index, 'model-9-3333.faiss');
    await writeFile(beingWritten, 'now');
    const named = (await filesWith(vectorAt(3)))[0] ?? '';
    await utimes(named, old, old);
    await start({ split }).tend();
    expect(await filesWith(vectorAt(5, 0.3))).toEqual([]);
    expect((await readdir(index)).sort()).toEqual(
      expect.arrayContaining([named, beingWritten].map((path) => path.split('/').pop())),
    );
  });

  it('removes an id map that cannot be read, and its index later', async () => {
    await saveTwo({ split });
    await writeFile(join(folder, split ? 'map' : '', idle, 'model.json'), '{"half');
    const old = new Date(Date.now() - 2 * 60 * 60_000);
    for (const path of await filesWith(vectorAt(0))) await utimes(path, old, old);
    await start({ split }).tend();
    expect(await filesWith(vectorAt(0))).toEqual([]);
  });
});
