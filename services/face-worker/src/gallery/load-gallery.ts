import type { Log } from '../log.js';
import { digestFaces } from './digest-faces.js';
import type { Gallery } from './gallery.js';
import type { GallerySnapshots } from './gallery-snapshots.js';
import type { GalleryKey, GallerySource } from './gallery-source.js';
import { rebuildGallery } from './rebuild-gallery.js';
import { GalleryOutOfStepError, readRejections, refreshGallery } from './refresh-gallery.js';

export interface GalleryLoading {
  readonly source: GallerySource;
  readonly snapshots: GallerySnapshots;
  readonly dimension: number;
  readonly logger: Pick<Log, 'info' | 'warn'>;
}

export interface LoadedGallery {
  readonly gallery: Gallery;
  /** Version of the snapshot on disk it came from; undefined when it was rebuilt. */
  readonly snapshotVersion: number | undefined;
}

/** Reads a gallery from its snapshot and brings it up to date; without a sound one it is rebuilt from the database. */
export async function loadGallery(key: GalleryKey, loading: GalleryLoading): Promise<LoadedGallery> {
  const { source, dimension, logger } = loading;
  const restored = await restoreFromSnapshot(key, loading);
  if (restored !== undefined) return restored;
  const gallery = await rebuildGallery(key, dimension, source);
  if (gallery.size > 0) {
    logger.info({ ...key, version: gallery.version, faces: gallery.size }, 'the gallery was built from the database');
  }
  return { gallery, snapshotVersion: undefined };
}

async function restoreFromSnapshot(
  key: GalleryKey,
  { source, snapshots, dimension, logger }: GalleryLoading,
): Promise<LoadedGallery | undefined> {
  const read = await snapshots.read(key, dimension);
  if (read.kind === 'none') return undefined;
  if (read.kind === 'damaged') {
    logger.warn({ ...key, reason: read.reason }, 'the gallery snapshot cannot be used; the gallery is rebuilt');
    return undefined;
  }
  const { gallery } = read;
  const snapshotVersion = gallery.version;
  try {
    await refreshGallery(gallery, key, source);
    await requireSameFaces(gallery, key, source);
    await readRejections(gallery, key, source);
    return { gallery, snapshotVersion };
  } catch (error) {
    gallery.dispose();
    if (!(error instanceof GalleryOutOfStepError)) throw error;
    logger.warn({ ...key, reason: error.message }, 'the gallery snapshot is of another database; it is rebuilt');
    return undefined;
  }
}

const ATTEMPTS = 5;

/** A restored database may have gone on to the same version with other faces: only the digest tells. */
async function requireSameFaces(gallery: Gallery, key: GalleryKey, source: GallerySource): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const identity = await source.readIdentity(key);
    if (identity.version !== gallery.version) {
      await refreshGallery(gallery, key, source);
      continue;
    }
    if (identity.digest === digestFaces(gallery.owners)) return;
    throw new GalleryOutOfStepError('the id map differs from the database');
  }
  throw new GalleryOutOfStepError('the gallery changes faster than it can be compared');
}
