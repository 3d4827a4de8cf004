import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
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

export interface PartitionToArchive {
  readonly name: string;
  readonly from: PartitionBound;
  readonly to: PartitionBound;
}

export interface ArchiveOptions {
  readonly folder: string;
  readonly partition: PartitionToArchive;
  readonly now: Date;
  readonly signal?: AbortSignal;
}

/**
 * Writes the events of a partition into a compressed file of one JSON a line, on the disk and read back: each line is
 * compared with the database again. The manifest comes last. What an interrupted run left behind is written over.
 *
 * @throws EventArchiveError when what was written is not what the partition holds.
 */
export async function writeEventArchive(
  client: Pick<ClientBase, 'query'>,
  { folder, partition, now, signal }: ArchiveOptions,
): Promise<ArchiveManifest> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = archivePath(folder, partition.name);
  const unfinished = `${path}.unfinished`;
  await rm(manifestPath(folder, partition.name), { force: true });
  const tally = createTally();
  const lines = tally.through(readPartitionLines(client, partition));
  const file = createWriteStream(unfinished, { mode: 0o600 });
  await pipeline(Readable.from(lines), createGzip(), file, ...(signal === undefined ? [] : [{ signal }]));
  await syncAndRename(unfinished, path);
  await compareWithPartition(client, partition, path, signal);
  const sha256 = (await digestFile(path)) ?? '';
  const { size } = await stat(path);
  const manifest: ArchiveManifest = {
    ...{ format: 'rollcall-events-1', name: partition.name, from: partition.from, to: partition.to },
    ...tally.read(),
    ...{ sha256, size, archived_at: now.toISOString() },
  };
  const manifestFile = manifestPath(folder, partition.name);
  await writeFile(`${manifestFile}.unfinished`, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  await syncAndRename(`${manifestFile}.unfinished`, manifestFile);
  await sync(folder);
  return manifest;
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

async function syncAndRename(from: string, to: string): Promise<void> {
  await sync(from);
  await rename(from, to);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
