import type { Log } from '../log.js';
import type { Gallery } from './gallery.js';
import type { GalleryKey, GallerySource } from './gallery-source.js';
import { loadGallery } from './load-gallery.js';
import type { GallerySnapshots } from './gallery-snapshots.js';
import { rebuildGallery } from './rebuild-gallery.js';
import { GalleryOutOfStepError, refreshGallery } from './refresh-gallery.js';

export interface GalleryCacheOptions {
  readonly source: GallerySource;
  readonly snapshots: GallerySnapshots;
  readonly modelId: string;
  readonly dimension: number;
  /** Galleries nobody uses are given up, longest unused first, while all together hold more. At least one stays. */
  readonly maxBytes: number;
  readonly logger: Pick<Log, 'info' | 'warn' | 'error'>;
}

export interface GalleryFigures {
  readonly galleries: number;
  readonly faces: number;
  readonly bytes: number;
  /** Version in memory by organization, of the first galleries. */
  readonly gallery_versions: Readonly<Record<string, number>>;
  /** Of those that are small enough for a heartbeat, also the digest of their faces: whether they equal the table. */
  readonly gallery_digests: Readonly<Record<string, { readonly version: number; readonly digest: string }>>;
}

/** So many versions a heartbeat tells. */
const MOST_VERSIONS = 500;
/** Digests are told of so many galleries, of at most so many faces each. */
const MOST_DIGESTS = 20;
const MOST_DIGESTED_FACES = 2_000;

export interface GalleryCache {
  /**
   * Calls `search` with the organization's gallery, loaded if need be and standing at `minVersion` or later. The
   * gallery stays in memory until the call has ended.
   */
  use<Result>(
    organizationId: string,
    minVersion: number,
    search: (gallery: Gallery) => Promise<Result>,
  ): Promise<Result>;
  /** Brings what is loaded up to date, so that the next frame need not; for the doorbell. */
  refreshLoaded(): Promise<void>;
  isLoaded(key: GalleryKey): boolean;
  /** Writes snapshots of what has changed since the last. */
  saveChanged(): Promise<void>;
  figures(): GalleryFigures;
  /** Saves and frees everything. */
  close(): Promise<void>;
}

interface Entry {
  readonly key: GalleryKey;
  gallery: Gallery;
  savedVersion: number | undefined;
  users: number;
  lastUsed: number;
  /** The load, refresh, rebuild or save under way: one at a time. */
  busy: Promise<unknown>;
}

export function createGalleryCache(options: GalleryCacheOptions): GalleryCache {
  const { source, snapshots, dimension, logger } = options;
  const entries = new Map<string, Entry>();
  const loading = new Map<string, Promise<Entry>>();
  let clock = 0;
  /** The giving up of galleries under way; `save` inside never rejects. */
  let room = Promise.resolve();

  function open(organizationId: string): Promise<Entry> {
    const underWay = loading.get(organizationId) ?? load(organizationId);
    loading.set(organizationId, underWay);
    return underWay;
  }

  async function load(organizationId: string): Promise<Entry> {
    const key: GalleryKey = { organizationId, modelId: options.modelId };
    try {
      const { gallery, snapshotVersion } = await loadGallery(key, { source, snapshots, dimension, logger });
      const entry: Entry = {
        key,
        gallery,
        // An empty gallery needs no file.
        savedVersion: snapshotVersion ?? (gallery.size === 0 ? gallery.version : undefined),
        users: 0,
        lastUsed: clock++,
        busy: Promise.resolve(),
      };
      entries.set(organizationId, entry);
      return entry;
    } finally {
      loading.delete(organizationId);
      room = room.then(makeRoom);
    }
  }

  /** Runs `work` after what the entry is busy with. */
  function inTurn<Result>(entry: Entry, work: () => Promise<Result>): Promise<Result> {
    const result = entry.busy.then(work);
    entry.busy = result.catch(() => undefined);
    return result;
  }

  function bringTo(entry: Entry, minVersion: number): Promise<void> {
    return inTurn(entry, async () => {
      if (entry.gallery.version >= minVersion) return;
      try {
        await refreshGallery(entry.gallery, entry.key, source);
      } catch (error) {
        if (!(error instanceof GalleryOutOfStepError)) throw error;
        logger.warn({ ...entry.key, reason: error.message }, 'the gallery is out of step; it is rebuilt');
        // The old index is left to the garbage collector: a search may be using it.
        entry.gallery = await rebuildGallery(entry.key, dimension, source);
        entry.savedVersion = undefined;
      }
      room = room.then(makeRoom);
    });
  }

  async function save(entry: Entry): Promise<void> {
    await inTurn(entry, async () => {
      const { version } = entry.gallery;
      if (entry.savedVersion === version) return;
      try {
        if (await snapshots.write(entry.key, entry.gallery, dimension)) entry.savedVersion = version;
      } catch (error) {
        // Without a snapshot the next start is slower; nothing else is.
        logger.error({ ...entry.key, err: error }, 'the gallery snapshot could not be written');
      }
    });
  }

  function totalBytes(): number {
    let bytes = 0;
    for (const { gallery } of entries.values()) bytes += gallery.bytes;
    return bytes;
  }

  /** Gives up the longest unused galleries until the limit is kept or only used ones are left. */
  async function makeRoom(): Promise<void> {
    while (entries.size > 1 && totalBytes() > options.maxBytes) {
      const byUse = [...entries.values()].sort((a, b) => a.lastUsed - b.lastUsed);
      // Never the newest: it has just been loaded for somebody who has not begun to use it.
      const oldest = byUse.slice(0, -1).find(({ users }) => users === 0);
      if (oldest === undefined) return;
      // Freed by the garbage collector, which knows its true size: somebody may just begin to use it.
      entries.delete(oldest.key.organizationId);
      await save(oldest);
    }
  }

  return {
    async use(organizationId, minVersion, search) {
      const entry = entries.get(organizationId) ?? (await open(organizationId));
      entry.users++;
      entry.lastUsed = clock++;
      try {
        if (entry.gallery.version < minVersion) await bringTo(entry, minVersion);
        return await search(entry.gallery);
      } finally {
        entry.users--;
      }
    },

    async refreshLoaded() {
      const loaded = [...entries.values()];
      if (loaded.length === 0) return;
      const versions = await source.readVersions(loaded.map(({ key }) => key));
      await Promise.all(loaded.map((entry, position) => bringTo(entry, versions[position] ?? 0)));
    },

    isLoaded: ({ organizationId, modelId }) =>
      modelId === options.modelId && (entries.has(organizationId) || loading.has(organizationId)),

    async saveChanged() {
      for (const entry of entries.values()) await save(entry);
    },

    figures() {
      let faces = 0;
      for (const { gallery } of entries.values()) faces += gallery.size;
      const versions = [...entries.values()]
        .slice(0, MOST_VERSIONS)
        .map(({ key, gallery }) => [key.organizationId, gallery.version]);
      const gallery_versions = Object.fromEntries(versions) as Record<string, number>;
      const digests = [...entries.values()]
        .filter(({ gallery }) => gallery.size <= MOST_DIGESTED_FACES)
        .slice(0, MOST_DIGESTS)
        .map(({ key, gallery }) => [key.organizationId, { version: gallery.version, digest: gallery.digest() }]);
      const gallery_digests = Object.fromEntries(digests) as GalleryFigures['gallery_digests'];
      return { galleries: entries.size, faces, bytes: totalBytes(), gallery_versions, gallery_digests };
    },

    async close() {
      await Promise.allSettled(loading.values());
      await room;
      for (const entry of entries.values()) {
        await save(entry);
        entry.gallery.dispose();
      }
      entries.clear();
    },
  };
}
