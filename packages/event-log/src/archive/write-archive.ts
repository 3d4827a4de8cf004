import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ClientBase } from 'pg';
import {
  archivePath,
  EventArchiveError,
  manifestPath,
  type ArchivedShare,
  type ArchiveManifest,
  type PartitionBound,
} from './archive-manifest.js';
import { readPartitionLines, type EventLine } from './partition-lines.js';
import { digestFile, readCompressedLines } from './read-lines.js';
import { placeFile, removeUnfinished, syncPath, unfinishedPath } from './unfinished-files.js';

export interface PartitionToArchive {
  readonly name: string;
  readonly from: PartitionBound;
  readonly to: PartitionBound;
  /** SHA-256 of its archive, hex; null while there is none. */
  readonly archiveSha256: string | null;
}

export interface ArchiveOptions {
  readonly folder: string;
  readonly partition: PartitionToArchive;
  readonly now: Date;
  readonly signal?: AbortSignal;
}

/**
 * Writes the events of a partition into a compressed file of one JSON a line, on the disk and read back: each line is
 * compared with the database again. Only then does it take its name, and the manifest comes last. An archive that has its
 * name is replaced only while the database says what it said when the run began: that the partition is there, and that
 * this archive, if any, was the one of it that was found to be damaged.
 *
 * @param client the one connection of the run, whose session holds its lock: an answer over it says that it holds it still.
 * @throws EventArchiveError when what was written is not what the partition holds, or another run was here.
 */
export async function writeEventArchive(
  client: Pick<ClientBase, 'query'>,
  { folder, partition, now, signal }: ArchiveOptions,
): Promise<ArchiveManifest> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeUnfinished(folder, partition.name);
  const path = archivePath(folder, partition.name);
  const manifestFile = manifestPath(folder, partition.name);
  const unfinished = { events: unfinishedPath(path), manifest: unfinishedPath(manifestFile) };
  try {
    const tally = createTally();
    const lines = tally.through(readPartitionLines(client, partition));
    const file = createWriteStream(unfinished.events, { flags: 'wx', mode: 0o600 });
    await pipeline(Readable.from(lines), createGzip(), file, ...(signal === undefined ? [] : [{ signal }]));
    await compareWithPartition(client, partition, unfinished.events, signal);
    const manifest: ArchiveManifest = {
      ...{ format: 'rollcall-events-1', name: partition.name, from: partition.from, to: partition.to },
      ...tally.read(),
      sha256: (await digestFile(unfinished.events)) ?? '',
      size: (await stat(unfinished.events)).size,
      archived_at: now.toISOString(),
    };
    await writeFile(unfinished.manifest, `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
    await confirmUnchanged(client, partition);
    await placeFile(unfinished.events, path);
    await placeFile(unfinished.manifest, manifestFile);
    await syncPath(folder);
    return manifest;
  } catch (error) {
    for (const left of Object.values(unfinished)) await rm(left, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Asked after the comparison: a partition that is there now was there all along, so that nothing was compared with nothing.
 */
async function confirmUnchanged(client: Pick<ClientBase, 'query'>, partition: PartitionToArchive): Promise<void> {
  const { rows } = await client.query<{ kept: boolean; archive_sha256: string | null }>(
    `select dropped_at is null as kept, encode(archive_sha256, 'hex') as archive_sha256 from event_partitions where name = $1`,
    [partition.name],
  );
  if (rows[0]?.kept !== true) throw new EventArchiveError(`${partition.name} was dropped while it was being archived`);
  if (rows[0].archive_sha256 !== partition.archiveSha256)
    throw new EventArchiveError(`${partition.name} was archived by another run meanwhile`);
}

/** Counts and digests what goes by. */
function createTally() {
  const content = createHash('sha256');
  const shares = new Map<string, ArchivedShare>();
  let events = 0;
  let newest: Date | null = null;
  return {
    async *through(rows: AsyncIterable<EventLine>): AsyncGenerator<string> {
      for await (const { line, recorded_at, organization_id, epoch, xid, position } of rows) {
        const key = { epoch, xid, position };
        const share = shares.get(organization_id);
        shares.set(organization_id, {
          ...{ organization_id, events: (share?.events ?? 0) + 1, first: share?.first ?? key, last: key },
        });
        events += 1;
        if (newest === null || recorded_at > newest) newest = recorded_at;
        content.update(line).update('\n');
        yield `${line}\n`;
      }
    },
    read: () => ({
      events,
      newest_recorded_at: newest?.toISOString() ?? null,
      content_sha256: content.digest('hex'),
      organizations: [...shares.values()],
    }),
  };
}

async function compareWithPartition(
  client: Pick<ClientBase, 'query'>,
  partition: PartitionToArchive,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  const written = readCompressedLines(path);
  try {
    for await (const { line, ...key } of readPartitionLines(client, partition)) {
      signal?.throwIfAborted();
      const read: IteratorResult<string, unknown> = await written.next();
      if (read.value !== line)
        throw new EventArchiveError(`${path} lacks the event ${key.epoch}.${key.xid}.${key.position}`);
    }
    if ((await written.next()).done !== true)
      throw new EventArchiveError(`${path} has more events than ${partition.name}`);
  } finally {
    await written.return(undefined);
  }
}
