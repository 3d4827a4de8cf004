import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cursor } from '../cursor.js';

/** Where archives are, below the storage folder. */
export const EVENT_ARCHIVE_FOLDER = 'event-archive';

/** A place between events: the first that a partition may hold, or the first it may not. */
export interface PartitionBound {
  readonly epoch: number;
  readonly xid: string;
}

/** What an archive holds of one organization (the nil uuid: of the installation). */
export interface ArchivedShare {
  readonly organization_id: string;
  readonly events: number;
  readonly first: Cursor;
  readonly last: Cursor;
}

/** Stands beside each archive; written last, so that an archive with a manifest is complete. */
export interface ArchiveManifest {
  readonly format: 'rollcall-events-1';
  /** Of the partition, and of the files: NAME.ndjson.gz and NAME.manifest.json. */
  readonly name: string;
  readonly from: PartitionBound;
  readonly to: PartitionBound;
  readonly events: number;
  readonly newest_recorded_at: string | null;
  /** SHA-256 of the compressed file, and of what is in it; hex. */
  readonly sha256: string;
  readonly content_sha256: string;
  /** Bytes of the compressed file. */
  readonly size: number;
  readonly organizations: readonly ArchivedShare[];
  readonly archived_at: string;
}

/** An archive that is missing, damaged or not what its manifest says. */
export class EventArchiveError extends Error {
  override readonly name = 'EventArchiveError';
  readonly code = 'EVENT_ARCHIVE_DAMAGED';
}

const MANIFEST_SUFFIX = '.manifest.json';

export const archivePath = (folder: string, name: string): string => join(folder, `${name}.ndjson.gz`);
export const manifestPath = (folder: string, name: string): string => join(folder, `${name}${MANIFEST_SUFFIX}`);

/** Undefined when there is none. @throws EventArchiveError when it cannot be read as one. */
export async function readManifest(folder: string, name: string): Promise<ArchiveManifest | undefined> {
  let text: string;
  try {
    text = await readFile(manifestPath(folder, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const manifest = JSON.parse(text) as Partial<ArchiveManifest>;
    if (manifest.format === 'rollcall-events-1' && manifest.name === name) return manifest as ArchiveManifest;
  } catch {
    // Told below.
  }
  throw new EventArchiveError(`${manifestPath(folder, name)} is not a manifest of an event archive`);
}

/** All archives of a folder in the order of the log; none when there is no such folder. */
export async function listManifests(folder: string): Promise<ArchiveManifest[]> {
  const files = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const manifests: ArchiveManifest[] = [];
  for (const file of files) {
    if (!file.endsWith(MANIFEST_SUFFIX)) continue;
    const manifest = await readManifest(folder, file.slice(0, -MANIFEST_SUFFIX.length));
    if (manifest !== undefined) manifests.push(manifest);
  }
  return manifests.sort((a, b) => a.from.epoch - b.from.epoch || Number(BigInt(a.from.xid) - BigInt(b.from.xid)));
}
