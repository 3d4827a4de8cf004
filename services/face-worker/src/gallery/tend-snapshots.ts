import type { Log } from '../log.js';
import type { GalleryCache } from './gallery-cache.js';
import type { GallerySnapshots } from './gallery-snapshots.js';
import type { GalleryKey, GallerySource } from './gallery-source.js';
import { loadGallery } from './load-gallery.js';
import type { SavedSnapshots } from './saved-snapshots.js';

export interface TendSnapshotsPorts {
  readonly source: GallerySource;
  readonly snapshots: GallerySnapshots;
  readonly saved: SavedSnapshots;
  readonly galleries: Pick<GalleryCache, 'refreshLoaded' | 'saveChanged' | 'isLoaded'>;
  readonly modelId: string;
  readonly dimension: number;
  readonly now: () => Date;
  readonly logger: Pick<Log, 'info' | 'warn'>;
}

/** A write takes seconds: what is older belongs to nobody. */
const UNNAMED_AGE_MS = 60 * 60_000;

/**
 * Brings the files in step with the database where nobody asks for it: an organization that sends no frame would keep an
 * erased person's vector in its snapshot for as long as it is idle.
 */
export async function tendSnapshots(ports: TendSnapshotsPorts): Promise<void> {
  const { source, saved, galleries, modelId, now, logger } = ports;
  // Galleries in memory follow the doorbell and their frames; without both they stand still as well.
  await galleries.refreshLoaded();
  await galleries.saveChanged();
  const found = await saved.list();
  const versions = await source.readVersions(found.map(({ key }) => key));
  for (const [position, { key, version }] of found.entries()) {
    const present = versions[position] ?? 0;
    // 0: not of this database; perhaps of another installation that keeps its galleries here.
    if (present === 0 || present === version || galleries.isLoaded(key)) continue;
    if (key.modelId === modelId) await rewrite(key, ports);
    // Nobody here can read that model's index; it is a cache.
    else await saved.remove(key);
  }
  const swept = await saved.sweepUnnamed(new Date(now().getTime() - UNNAMED_AGE_MS));
  if (swept > 0) logger.info({ files: swept }, 'gallery files that belonged to no snapshot were removed');
}

/** One at a time and not through the cache: nobody waits for it, and nobody's gallery must leave memory for it. */
async function rewrite(key: GalleryKey, { snapshots, saved, dimension, ...ports }: TendSnapshotsPorts): Promise<void> {
  const { gallery } = await loadGallery(key, { ...ports, snapshots, dimension });
  try {
    if (gallery.size === 0) await saved.remove(key);
    else await snapshots.write(key, gallery, dimension);
  } finally {
    gallery.dispose();
  }
}
