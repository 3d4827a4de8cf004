import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { IdMappedFlatIpIndex } from '@rollcall/faiss';
import { digestFaces } from './digest-faces.js';
import { Gallery } from './gallery.js';
import type { FaceOwner, GalleryKey } from './gallery-source.js';

const FORMAT = 1;

/** The id map: `faces` are rows of faiss id, face id, user id. It names the index file it belongs to. */
interface IdMapFile {
  readonly format: typeof FORMAT;
  readonly organization_id: string;
  readonly model_id: string;
  readonly dimension: number;
  readonly version: number;
  readonly index_file: string;
  readonly digest: string;
  readonly faces: readonly (readonly [faissId: number, faceId: string, userId: string])[];
}

export type SnapshotRead =
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged'; readonly reason: string }
  | { readonly kind: 'gallery'; readonly gallery: Gallery };

export interface GallerySnapshots {
  /** Never rejects: what cannot be read is `damaged`, and the gallery is built from the database instead. */
  read(key: GalleryKey, dimension: number): Promise<SnapshotRead>;
  /** @returns false when the gallery changed while it was written: the attempt was thrown away. */
  write(key: GalleryKey, gallery: Gallery, dimension: number): Promise<boolean>;
}

/**
 * Galleries on disk. The id map is the snapshot's name: it is written last (temporary name, sync, rename) and names the
 * index file of its own version, so whoever reads it gets two files that belong together or the previous two.
 *
 * @param paths folders of the index files and of the id maps; may be the same. Made when needed, for the owner alone.
 */
export function createGallerySnapshots(paths: {
  readonly indexPath: string;
  readonly idMapPath: string;
}): GallerySnapshots {
  const folders = (key: GalleryKey) => ({
    index: join(paths.indexPath, key.organizationId),
    idMap: join(paths.idMapPath, key.organizationId, `${fileName(key.modelId)}.json`),
  });

  return {
    async read(key, dimension) {
      const { index, idMap } = folders(key);
      try {
        const text = await readFile(idMap, 'utf8').catch(ignoreMissing);
        if (text === undefined) return { kind: 'none' };
        const map = parseIdMap(text, key, dimension);
        const owners = new Map<number, FaceOwner>(
          map.faces.map(([faissId, faceId, userId]) => [faissId, { faceId, userId }]),
        );
        if (digestFaces(owners) !== map.digest) return { kind: 'damaged', reason: 'the id map is damaged' };
        const loaded = await IdMappedFlatIpIndex.load(join(index, basename(map.index_file)));
        if (loaded.dimension !== dimension || loaded.size !== owners.size) {
          loaded.dispose();
          return { kind: 'damaged', reason: 'index and id map differ' };
        }
        return { kind: 'gallery', gallery: new Gallery(loaded, owners, map.version) };
      } catch (error) {
        return { kind: 'damaged', reason: error instanceof Error ? error.message : String(error) };
      }
    },

    async write(key, gallery, dimension) {
      const { index, idMap } = folders(key);
      const { version } = gallery;
      await mkdir(index, { recursive: true, mode: 0o700 });
      await mkdir(dirname(idMap), { recursive: true, mode: 0o700 });
      const indexFile = `${fileName(key.modelId)}-${String(version)}-${randomUUID().slice(0, 8)}.faiss`;
      await gallery.saveIndex(join(index, indexFile));
      if (gallery.version !== version) {
        await rm(join(index, indexFile), { force: true });
        return false;
      }
      const map: IdMapFile = {
        format: FORMAT,
        organization_id: key.organizationId,
        model_id: key.modelId,
        dimension,
        version,
        index_file: indexFile,
        digest: digestFaces(gallery.owners),
        faces: Array.from(gallery.owners, ([faissId, { faceId, userId }]) => [faissId, faceId, userId] as const),
      };
      const replaced = await readFile(idMap, 'utf8').catch(() => undefined);
      await replaceFile(idMap, JSON.stringify(map));
      await removeReplacedIndex(index, replaced, indexFile);
      return true;
    },
  };
}

function parseIdMap(text: string, key: GalleryKey, dimension: number): IdMapFile {
  const map = JSON.parse(text) as Partial<IdMapFile>;
  const fits =
    map.format === FORMAT &&
    map.organization_id === key.organizationId &&
    map.model_id === key.modelId &&
    map.dimension === dimension &&
    Number.isSafeInteger(map.version) &&
    typeof map.index_file === 'string' &&
    Array.isArray(map.faces);
  if (!fits) throw new Error('the id map is of another form, model or organization');
  return map as IdMapFile;
}

/** Complete under its name or not there at all, also after a power cut. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const folder = await open(dirname(path), 'r');
  await folder.sync().catch(() => undefined); // some file systems refuse; the file is there all the same
  await folder.close();
}

/** Only the file the replaced map named: another worker may be writing a snapshot of its own beside it. */
async function removeReplacedIndex(folder: string, replaced: string | undefined, kept: string): Promise<void> {
  try {
    const file = (JSON.parse(replaced ?? '{}') as { index_file?: unknown }).index_file;
    if (typeof file === 'string' && file !== kept) await rm(join(folder, basename(file)), { force: true });
  } catch {
    // A damaged map names nothing that could be removed.
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

/** A model's id as part of a file's name. */
function fileName(modelId: string): string {
  return modelId.replace(/[^A-Za-z0-9._-]/g, (character) => `%${character.codePointAt(0)?.toString(16) ?? ''}`);
}
