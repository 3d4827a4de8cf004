import type { ClientBase } from '@rollcall/postgres';

type Client = Pick<ClientBase, 'query'>;

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
