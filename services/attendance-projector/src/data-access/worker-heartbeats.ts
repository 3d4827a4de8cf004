import { hostname } from 'node:os';
import type { ClientBase } from '@rollcall/postgres';
import type { JsonObject } from '../domain/canonical-json.js';

type Client = Pick<ClientBase, 'query'>;

export interface Heartbeat {
  readonly workerId: string;
  readonly startedAt: Date;
  /** Under which graphile-worker locks the jobs of this process; null while it runs none. */
  readonly schedulerId: string | null;
  readonly figures: JsonObject;
}

/** Says that this process lives, and how it is doing. */
export async function recordHeartbeat(client: Client, beat: Heartbeat): Promise<void> {
  await client.query({
    name: 'record-heartbeat',
    text: `insert into worker_heartbeats
             (worker_id, kind, graphile_worker_id, hostname, pid, started_at, beat_at, figures)
           values ($1, 'attendance-projector', $2, $3, $4, $5, clock_timestamp(), $6)
           on conflict (worker_id) do update set
             graphile_worker_id = excluded.graphile_worker_id, beat_at = excluded.beat_at, figures = excluded.figures`,
    values: [beat.workerId, beat.schedulerId, hostname(), process.pid, beat.startedAt, JSON.stringify(beat.figures)],
  });
}

/** The process ends in good order: nobody need look for it. */
export async function removeHeartbeat(client: Client, workerId: string): Promise<void> {
  await client.query('delete from worker_heartbeats where worker_id = $1', [workerId]);
}

/**
 * Frees the scheduled jobs of processes that have been silent for so long; answers which graphile-worker ids that were.
 * Doing it again for the same ones changes nothing.
 */
export async function unlockJobsOfSilent(client: Client, silentAfterSeconds: number): Promise<string[]> {
  const { rows } = await client.query<{ ids: string[] | null }>(
    `with silent as (
       select array_agg(graphile_worker_id) as ids from worker_heartbeats
       where graphile_worker_id is not null and beat_at < clock_timestamp() - $1 * interval '1 second'
     )
     select ids from silent, lateral (select graphile_worker.force_unlock_workers(ids)) as unlocked
     where ids is not null`,
    [silentAfterSeconds],
  );
  return rows[0]?.ids ?? [];
}

/** Frees what was locked under these graphile-worker ids. */
export async function unlockJobs(client: Client, schedulerIds: readonly string[]): Promise<void> {
  if (schedulerIds.length === 0) return;
  await client.query('select graphile_worker.force_unlock_workers($1::text[])', [schedulerIds]);
}

/** Drops the rows of processes of any service that have been silent for so long; answers how many. */
export async function dropSilentHeartbeats(client: Client, silentAfterSeconds: number): Promise<number> {
  const { rowCount } = await client.query(
    `delete from worker_heartbeats where beat_at < clock_timestamp() - $1 * interval '1 second'`,
    [silentAfterSeconds],
  );
  return rowCount ?? 0;
}
