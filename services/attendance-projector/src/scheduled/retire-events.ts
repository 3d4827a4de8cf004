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
import type { Pool, PoolClient } from '@rollcall/postgres';
import type { Logger } from '@rollcall/service-kit';
import { holdRetirement } from '../data-access/hold-retirement.js';
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
  /** Why the next partition stays although it is old enough; `held`: another run is at it. Null when none is. */
  readonly kept: DropOutcome | 'held' | null;
}

/**
 * Takes partitions of the event log whose events are all older than the limit out of the database, the oldest first: each
 * is archived, read back, noted, and only then dropped, in which the database looks once more whether all of it is
 * archived and whether every projection has read it. Cut short at any point it begins there the next time.
 *
 * One run at a time: a job counts as free again when its projector is silent for a few seconds, which a frozen one is.
 */
export async function retireEvents(options: RetireOptions): Promise<RetireOutcome> {
  if (options.retentionDays === 0) return { archived: [], dropped: [], kept: null };
  const outcome = await holdRetirement(options.pool, (client) => retireAlone(client, options));
  return outcome ?? { archived: [], dropped: [], kept: 'held' };
}

/** @param client everything goes over the connection that holds the lock: when it breaks, lock and run end together. */
async function retireAlone(client: PoolClient, options: RetireOptions): Promise<RetireOutcome> {
  const { archiveFolder, retentionDays, signal, logger, wait } = options;
  const [archived, dropped]: [string[], string[]] = [[], []];
  const limit = new Date(options.now.getTime() - retentionDays * DAY_MS);
  while (!signal.aborted && dropped.length < MOST_A_RUN) {
    const partition = await findOldestClosedPartition(client);
    if (partition === undefined || (partition.lastRecordedAt ?? new Date(0)) >= limit) break;
    const known = await findArchive(options, partition);
    const manifest = known ?? (await archive(client, options, partition));
    if (known === undefined) archived.push(partition.name);
    // By key the last one is not always the newest.
    if (manifest.newest_recorded_at !== null && new Date(manifest.newest_recorded_at) >= limit) break;
    // Under its own name, as the last thing before the only other copy goes.
    await checkArchive(archiveFolder, manifest);
    const reads = { types: projectedTypes, projections: [PROJECTION], ...(wait && { wait }) };
    const outcome = await dropPartition(client, partition.name, reads);
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
  client: PoolClient,
  { archiveFolder, now, signal }: RetireOptions,
  partition: OldestPartition,
): Promise<ArchiveManifest> {
  const manifest = await writeEventArchive(client, { folder: archiveFolder, partition, now, signal });
  await noteArchive(client, manifest);
  return manifest;
}
