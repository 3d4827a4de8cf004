import type { Log } from '../log.js';
import type { GalleryCache } from './gallery-cache.js';
import type { SavedSnapshots } from './saved-snapshots.js';

export interface WarmUpPorts {
  readonly saved: Pick<SavedSnapshots, 'list'>;
  readonly source: { readVersions(keys: readonly { organizationId: string; modelId: string }[]): Promise<number[]> };
  readonly galleries: Pick<GalleryCache, 'use' | 'figures'>;
  readonly modelId: string;
  /** As much as the cache keeps. */
  readonly maxBytes: number;
  readonly isStopping: () => boolean;
  readonly logger: Pick<Log, 'info' | 'warn'>;
}

/**
 * Loads at the start what was in use at the end, one gallery after the other, so that the first frame of an organization need not wait for
 * it. Whatever is not ready when its frame comes is loaded for that.
 */
export async function warmUpGalleries(ports: WarmUpPorts): Promise<void> {
  const { saved, source, galleries, modelId, maxBytes, isStopping, logger } = ports;
  const started = performance.now();
  let loaded = 0;
  try {
    const keys = (await saved.list()).map(({ key }) => key).filter((key) => key.modelId === modelId);
    const versions = await source.readVersions(keys);
    for (const [position, { organizationId }] of keys.entries()) {
      // Half is left for whoever comes first; and 0 says that it is not of this database.
      if (isStopping() || galleries.figures().bytes > maxBytes / 2) break;
      if ((versions[position] ?? 0) === 0) continue;
      await galleries.use(organizationId, 0, () => Promise.resolve());
      loaded += 1;
    }
    if (loaded === 0) return;
    const took_ms = Math.round(performance.now() - started);
    logger.info(
      { galleries: loaded, faces: galleries.figures().faces, took_ms },
      'galleries of the last run are loaded',
    );
  } catch (error) {
    logger.warn({ err: error }, 'galleries are loaded with their first frames');
  }
}
