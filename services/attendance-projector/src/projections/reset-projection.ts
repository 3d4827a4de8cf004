import type { Cursor } from '@rollcall/event-log';
import type { Pool, PoolClient } from '@rollcall/postgres';
import { deleteAttendanceLogs } from '../data-access/attendance-logs.js';
import { deleteAttendanceRecords } from '../data-access/attendance-records.js';
import { parkCheckpoint, releaseCheckpoint, touchCheckpoint } from '../data-access/projection-checkpoints.js';
import { deleteStop } from '../data-access/projection-stops.js';
import { beginReplay, touchReplay } from '../data-access/projection-replays.js';
import { PROJECTION } from './projection-name.js';
import { releaseReplayLock, takeReplayLock } from './replay-lock.js';

export interface ResetOptions {
  /** Rows a transaction deletes at most. A long one would hold up every reader of the event log. */
  readonly page?: number;
  /** Called after each step; for tests. */
  readonly onStep?: () => Promise<void>;
}

const PAGE = 5_000;

/**
 * Drops what a replay writes again, and nothing else: sightings, records and the checkpoint. Audit lines, notifications
 * and derived events stay; the replay finds them there by their ids.
 *
 * It goes in steps, a short transaction each. Meanwhile the checkpoint is parked behind every event, so that no projector
 * writes what a later step would delete; at the end it is taken away, and whoever projects begins anew. One that is broken
 * off is found by its parked checkpoint (`finish-abandoned-replays`).
 *
 * @returns where the projection stood.
 * @throws Error when another replay of the organization is under way.
 */
export async function resetProjection(
  pool: Pool,
  organizationId: string,
  { page = PAGE, onStep }: ResetOptions = {},
): Promise<Cursor | null> {
  // All steps over the connection that holds the lock: when it breaks, lock and steps end together.
  const client = await pool.connect();
  let broken = true;
  const onError = (): void => undefined;
  client.on('error', onError);
  try {
    await takeReplayLock(client, organizationId);
    const stood = await inTransaction(client, async () => {
      await beginReplay(client, PROJECTION, organizationId);
      // It will stand still there again, if it must.
      await deleteStop(client, PROJECTION, organizationId);
      return parkCheckpoint(client, PROJECTION, organizationId);
    });
    for (let more = true; more;) {
      more = await inTransaction(client, () => deleteSome(client, organizationId, page));
      await onStep?.();
    }
    await inTransaction(client, async () => {
      await touchReplay(client, PROJECTION, organizationId);
      await releaseCheckpoint(client, PROJECTION, organizationId);
    });
    await releaseReplayLock(client, organizationId);
    broken = false;
    return stood;
  } finally {
    client.off('error', onError);
    // A connection that may still hold the lock is thrown away.
    client.release(broken);
  }
}

async function deleteSome(client: PoolClient, organizationId: string, page: number): Promise<boolean> {
  await touchCheckpoint(client, PROJECTION, organizationId);
  const records = await deleteAttendanceRecords(client, organizationId, page);
  const logs = await deleteAttendanceLogs(client, organizationId, page);
  return records === page || logs === page;
}

async function inTransaction<Result>(client: PoolClient, work: () => Promise<Result>): Promise<Result> {
  await client.query('begin');
  const result = await work();
  await client.query('commit');
  return result;
}
