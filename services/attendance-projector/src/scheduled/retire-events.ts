import {
  checkArchive,
  dropPartition,
  findOldestClosedPartition,
  noteArchive,
  readManifest,
  writeEventArchive,
  type ArchiveManifest,
  type DropOptions,
  type DropOutcome,
  type OldestPartition,
} from '@rollcall/event-log';
import type { Pool } from '@rollcall/postgres';
import type { Logger } from '@rollcall/service-kit';
import { projectedTypes } from '../domain/projected-types.js';
import { PROJECTION } from '../projections/projection-name.js';

const DAY_MS = 86_400_000;
/** What else is due by the clock waits meanwhile. */
const MOST_A_RUN = 4;

export interface RetireOptions {
  readonly pool: Pool;
  readonly archiveFolder: string;
  /** 0: nothing is ever retired. */
  readonly retentionDays: number;
  readonly logger: Pick<Logger, 'warn'>;
  readonly now: Date;
  readonly signal: AbortSignal;
  readonly wait?: DropOptions['wait'];
}

export interface RetireOutcome {
  readonly archived: readonly string[];
  readonly dropped: readonly string[];
  /** Why the next partition stays although it is old enough; null when none is. */
  readonly kept: DropOutcome | null;
}

/**
 * Takes partitions of the event log whose events are all older than the limit out of the database, the oldest first: each
 * is archived, read back, noted, and only then dropped, in which the database looks once more whether all of it is
 * archived and whether every projection has read it. Cut short at any point it begins there the next time.
 */
export async function retireEvents(options: RetireOptions): Promise<RetireOutcome> {
  const { pool, retentionDays, signal, logger, wait } = options;
  const [archived, dropped]: [string[], string[]] = [[], []];
  if (retentionDays === 0) return { archived, dropped, kept: null };
  const limit = new Date(options.now.getTime() - retentionDays * DAY_MS);
  while (!signal.aborted && dropped.length < MOST_A_RUN) {
    const partition = await findOldestClosedPartition(pool);
    if (partition === undefined || (partition.lastRecordedAt ?? new Date(0)) >= limit) break;
    const known = await findArchive(options, partition);
    const manifest = known ?? (await archive(options, partition));
    if (known === undefined) archived.push(partition.name);
    // By key the last one is not always the newest.
    if (manifest.newest_recorded_at !== null && new Date(manifest.newest_recorded_at) >= limit) break;
    const reads = { types: projectedTypes, projections: [PROJECTION], ...(wait && { wait }) };
    const outcome = await dropPartition(pool, partition.name, reads);
    if (outcome !== 'dropped') {
      logger.warn({ partition: partition.name, outcome }, 'events older than the limit stay in the database');
      return { archived, dropped, kept: outcome };
    }
    dropped.push(partition.name);
  }
  return { archived, dropped, kept: null };
}

/** What an earlier run archived, if the file is still the one that was noted. */
async function findArchive(
  { archiveFolder, logger }: RetireOptions,
  { name, archiveSha256 }: OldestPartition,
): Promise<ArchiveManifest | undefined> {
  if (archiveSha256 === null) return undefined;
  try {
    const manifest = await readManifest(archiveFolder, name);
    if (manifest?.sha256 !== archiveSha256) return undefined;
    await checkArchive(archiveFolder, manifest);
    return manifest;
  } catch (error) {
    logger.warn({ err: error, partition: name }, 'an archive of events is damaged; it is written again');
    return undefined;
  }
}

async function archive(
  { pool, archiveFolder, now, signal }: RetireOptions,
  { name, from, to }: OldestPartition,
): Promise<ArchiveManifest> {
  const manifest = await writeEventArchive(pool, { folder: archiveFolder, partition: { name, from, to }, now, signal });
  await noteArchive(pool, manifest);
  return manifest;
}
