import type { Cursor } from '@rollcall/event-log';
import { withTransaction, type Pool } from '@rollcall/postgres';
import { deleteAttendanceLogs } from '../data-access/attendance-logs.js';
import { deleteAttendanceRecords } from '../data-access/attendance-records.js';
import { removeCheckpoint } from '../data-access/projection-checkpoints.js';
import { PROJECTION } from './projection-name.js';

/**
 * Drops what a replay writes again, and nothing else: sightings, records and the checkpoint. Audit lines, notifications
 * and derived events stay; the replay finds them there by their ids. A projector in the middle of a batch is waited for;
 * one that goes on afterwards finds its checkpoint gone and begins anew.
 *
 * @returns where the projection stood.
 */
export async function resetProjection(pool: Pool, organizationId: string): Promise<Cursor | null> {
  return withTransaction(pool, async (client) => {
    await client.query("set local statement_timeout = '10min'");
    const stood = await removeCheckpoint(client, PROJECTION, organizationId);
    await deleteAttendanceRecords(client, organizationId);
    await deleteAttendanceLogs(client, organizationId);
    return stood;
  });
}
