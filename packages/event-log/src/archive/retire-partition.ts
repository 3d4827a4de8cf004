import { setTimeout as pause } from 'node:timers/promises';
import type { EventType } from '@rollcall/contracts';
import type { ClientBase } from 'pg';
import { isLockTimeout } from '../event-partitions.js';
import type { ArchiveManifest } from './archive-manifest.js';
import type { PartitionToArchive } from './write-archive.js';

type Client = Pick<ClientBase, 'query'>;

export interface OldestPartition extends PartitionToArchive {
  /** When the last of its events in the order of the log was recorded; null when it has none. */
  readonly lastRecordedAt: Date | null;
}

interface OldestRow {
  readonly name: string;
  readonly from_epoch: number;
  readonly from_xid: string;
  readonly to_epoch: number;
  readonly to_xid: string;
  readonly archive_sha256: Buffer | null;
  readonly last_recorded_at: Date | null;
}

/** The oldest partition there is, if nothing can be added to it any more. */
export async function findOldestClosedPartition(client: Client): Promise<OldestPartition | undefined> {
  const { rows } = await client.query<OldestRow>(
    `select p.name, p.from_epoch, p.from_xid::text, p.to_epoch, p.to_xid::text, p.archive_sha256,
       (select e.recorded_at from events e
        where e.epoch between p.from_epoch and p.to_epoch and (e.epoch, e.xid) < (p.to_epoch, p.to_xid)
        order by e.epoch desc, e.xid desc, e.position desc limit 1) as last_recorded_at
     from (select * from event_partitions where dropped_at is null order by from_epoch, from_xid limit 1) p
     where (p.to_epoch, p.to_xid) <= (current_epoch(), pg_snapshot_xmin(pg_current_snapshot()))`,
  );
  const [row] = rows;
  return (
    row && {
      name: row.name,
      from: { epoch: row.from_epoch, xid: row.from_xid },
      to: { epoch: row.to_epoch, xid: row.to_xid },
      archiveSha256: row.archive_sha256?.toString('hex') ?? null,
      lastRecordedAt: row.last_recorded_at,
    }
  );
}

/** @throws a database error when the partition was dropped meanwhile. */
export async function noteArchive(client: Client, manifest: ArchiveManifest): Promise<void> {
  const { name, events, newest_recorded_at: newest, sha256 } = manifest;
  await client.query('select note_event_archive($1, $2, $3, $4)', [name, events, newest, Buffer.from(sha256, 'hex')]);
}

/** Why a partition was not dropped; `unread`: a projection has not read it, `locked`: somebody held it for too long. */
export type DropOutcome = 'dropped' | 'not_archived' | 'not_oldest' | 'open' | 'changed' | 'unread' | 'locked';

export interface DropOptions {
  /** What projections read. */
  readonly types: readonly EventType[];
  /** Projections that read although they may have no checkpoint yet. */
  readonly projections: readonly string[];
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

const RETRIES = 20;
const RETRY_MS = 500;

/** Drops an archived partition. It waits for readers and writers for a moment only, since others queue up behind it. */
export async function dropPartition(
  client: Client,
  name: string,
  { types, projections, wait = pause }: DropOptions,
): Promise<DropOutcome> {
  for (let attempt = 0; attempt <= RETRIES; attempt += 1) {
    try {
      const sql = 'select drop_event_partition($1, $2, $3) as outcome';
      const { rows } = await client.query<{ outcome: DropOutcome }>(sql, [name, types, projections]);
      return rows[0]?.outcome ?? 'locked';
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      await wait(RETRY_MS);
    }
  }
  return 'locked';
}
