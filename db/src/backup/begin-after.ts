import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';

/**
 * Has the event log begin a new epoch at the next start, later than any that readers may have seen: the restored log ends where the
 * backup was made, and what comes now must not look like what was lost since. The row names no cluster, so `ensure_epoch()` begins another
 * one; nothing is ever written in this. Processes of the old installation are forgotten.
 *
 * @param epochs which readers may have seen besides those of the restored log.
 */
export async function beginAfter(client: pg.Client, epochs: readonly number[]): Promise<void> {
  await client.query(
    `insert into log_identity (epoch, system_identifier, timeline)
     select greatest(max(epoch), $1::smallint) + 1, 0, 0 from log_identity`,
    [Math.max(0, ...epochs)],
  );
  await client.query('delete from worker_heartbeats');
}

/** Which epoch the last restore into a state folder began; outlives the database it was of. */
const NOTE = 'event-log-epoch';

export async function readNotedEpoch(stateDir: string): Promise<number> {
  return Number(await readFile(join(stateDir, NOTE), 'utf8').catch(() => '0')) || 0;
}

export async function noteEpoch(stateDir: string, epoch: number): Promise<void> {
  await writeFile(join(stateDir, NOTE), `${String(epoch)}\n`, { mode: 0o600 });
}
