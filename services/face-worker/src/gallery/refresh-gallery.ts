import type { Gallery } from './gallery.js';
import type { GalleryChange, GalleryKey, GallerySource } from './gallery-source.js';
import { Rejections } from './rejections.js';

/** The changes do not lead from the index to the database's state: it has to be built anew. */
export class GalleryOutOfStepError extends Error {
  override readonly name = 'GalleryOutOfStepError';
}

export interface RefreshOptions {
  /** Default true. False after a rebuild: the faces have just been read, a count that differs is then not theirs. */
  readonly compareCount?: boolean;
}

/**
 * Applies what has changed since the gallery's version, until it stands where the database stood at the last read.
 *
 * @throws GalleryOutOfStepError when the database is behind the gallery (it was restored), when changes are missing, or
 * when the number of faces differs afterwards.
 */
export async function refreshGallery(
  gallery: Gallery,
  key: GalleryKey,
  source: GallerySource,
  { compareCount = true }: RefreshOptions = {},
): Promise<void> {
  for (;;) {
    const read = await source.readChanges(key, gallery.version);
    if (read.version < gallery.version) {
      throw new GalleryOutOfStepError(`the gallery stands at ${gallery.version}, the database at ${read.version}`);
    }
    requireNoGap(read.changes, gallery.version, read.upTo);
    // Before the version moves: a frame that asks for it must not be answered without them.
    if (read.changes.some(({ op }) => op === 'rejections')) await readRejections(gallery, key, source);
    gallery.apply(read.changes, read.upTo);
    if (read.upTo < read.version) continue;
    if (compareCount && gallery.size !== read.faceCount) {
      throw new GalleryOutOfStepError(`the gallery holds ${gallery.size} faces, the database ${read.faceCount}`);
    }
    return;
  }
}

/** Reads what operators rejected, all of it. */
export async function readRejections(gallery: Gallery, key: GalleryKey, source: GallerySource): Promise<void> {
  gallery.rejections = new Rejections(await source.readRejections(key));
}

/** Every version writes at least one change, so a version without one was pruned or never belonged to this index. */
function requireNoGap(changes: readonly GalleryChange[], after: number, upTo: number): void {
  const versions = new Set(changes.map(({ version }) => version));
  if (versions.size !== upTo - after) {
    throw new GalleryOutOfStepError(`changes between ${after} and ${upTo} are missing`);
  }
}
