import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { GalleryKey } from './gallery-source.js';

/** A snapshot on disk by its id map. */
export interface SavedSnapshot {
  readonly key: GalleryKey;
  readonly version: number;
}

export interface SavedSnapshots {
  /** Snapshots of all organizations and models. An id map that cannot be read is removed: nobody can use it. */
  list(): Promise<SavedSnapshot[]>;
  remove(key: GalleryKey): Promise<void>;
  /**
   * Removes index files that no id map names, and leftovers of interrupted writes, when they are older than that:
   * another worker may just be writing one.
   *
   * @returns how many.
   */
  sweepUnnamed(olderThan: Date): Promise<number>;
}

interface KnownMap extends SavedSnapshot {
  readonly indexFile: string;
  readonly modified: number;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SWEPT = /\.faiss|\.tmp$/;

/** Looks after the files of `createGallerySnapshots`, also those whose galleries nobody has loaded. */
export function createSavedSnapshots(paths: {
  readonly indexPath: string;
  readonly idMapPath: string;
}): SavedSnapshots {
  /** Id maps are megabytes: each is read once a version. */
  const known = new Map<string, KnownMap>();

  async function mapsOf(organizationId: string): Promise<Map<string, KnownMap>> {
    const maps = new Map<string, KnownMap>();
    const folder = join(paths.idMapPath, organizationId);
    for (const name of await namesIn(folder)) {
      if (!name.endsWith('.json')) continue;
      const path = join(folder, name);
      const map = await readMap(path, organizationId);
      if (map !== undefined) maps.set(path, map);
    }
    return maps;
  }

  async function readMap(path: string, organizationId: string): Promise<KnownMap | undefined> {
    const modified = await modifiedAt(path);
    if (modified === undefined) return undefined;
    const cached = known.get(path);
    if (cached?.modified === modified) return cached;
    const map = parseMap(await readFile(path, 'utf8').catch(() => ''), organizationId, modified);
    if (map === undefined) await rm(path, { force: true });
    else known.set(path, map);
    return map;
  }

  async function organizations(): Promise<string[]> {
    const names = await Promise.all([namesIn(paths.indexPath), namesIn(paths.idMapPath)]);
    return [...new Set(names.flat().filter((name) => UUID.test(name)))];
  }

  return {
    async list() {
      const found: SavedSnapshot[] = [];
      for (const organizationId of await organizations()) found.push(...(await mapsOf(organizationId)).values());
      return found.map(({ key, version }) => ({ key, version }));
    },

    async remove({ organizationId, modelId }) {
      for (const [path, map] of await mapsOf(organizationId)) {
        if (map.key.modelId !== modelId) continue;
        // The id map first: without it the index is nobody's.
        await rm(path, { force: true });
        await rm(join(paths.indexPath, organizationId, map.indexFile), { force: true });
        known.delete(path);
      }
    },

    async sweepUnnamed(olderThan) {
      let swept = 0;
      for (const organizationId of await organizations()) {
        const maps = await mapsOf(organizationId);
        const named = new Set([...maps.values()].map(({ indexFile }) => indexFile));
        for (const folder of new Set([join(paths.indexPath, organizationId), join(paths.idMapPath, organizationId)])) {
          for (const name of await namesIn(folder)) {
            if (!SWEPT.test(name) || named.has(name)) continue;
            const modified = await modifiedAt(join(folder, name));
            if (modified === undefined || modified >= olderThan.getTime()) continue;
            await rm(join(folder, name), { force: true });
            swept += 1;
          }
        }
      }
      return swept;
    },
  };
}

function parseMap(text: string, organizationId: string, modified: number): KnownMap | undefined {
  try {
    const map = JSON.parse(text) as Record<string, unknown>;
    const { organization_id, model_id, version, index_file } = map;
    if (organization_id !== organizationId || typeof model_id !== 'string') return undefined;
    if (typeof version !== 'number' || typeof index_file !== 'string') return undefined;
    return { key: { organizationId, modelId: model_id }, version, indexFile: basename(index_file), modified };
  } catch {
    return undefined;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function modifiedAt(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => (found.isFile() ? found.mtimeMs : undefined),
    () => undefined,
  );
}
