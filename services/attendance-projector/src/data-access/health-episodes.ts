import type { ClientBase } from '@rollcall/postgres';
import type { HealthFigures, HealthTrouble } from '../domain/judge-health.js';

/** An episode that began now. */
export interface HealthEpisode extends HealthTrouble {
  readonly id: string;
  readonly beganAt: Date;
}

/** @param silentAfterSeconds since its last beat a process counts as dead. */
export async function readHealthFigures(
  client: Pick<ClientBase, 'query'>,
  silentAfterSeconds: number,
): Promise<Omit<HealthFigures, 'projectionLagSeconds'>> {
  const { rows } = await client.query<{ running: number | null; alive: number; oldest: number | null }>(
    `select
       (select extract(epoch from clock_timestamp() - min(started_at))::double precision from worker_heartbeats
        where kind = 'attendance-projector' and beat_at > clock_timestamp() - $1 * interval '1 second') as running,
       (select count(*)::integer from worker_heartbeats
        where kind = 'face-worker' and beat_at > clock_timestamp() - $1 * interval '1 second') as alive,
       (select extract(epoch from clock_timestamp() - min(received_at))::double precision from recognition_requests
        where status = 'queued') as oldest`,
    [silentAfterSeconds],
  );
  const [row] = rows;
  return {
    runningSeconds: row?.running ?? 0,
    aliveFaceWorkers: row?.alive ?? 0,
    oldestFrameSeconds: row?.oldest ?? null,
  };
}

/** Begins episodes for troubles that had none open; answers those. @param ids one for each trouble. */
export async function beginEpisodes(
  client: ClientBase,
  troubles: readonly HealthTrouble[],
  ids: readonly string[],
  now: Date,
): Promise<HealthEpisode[]> {
  const { rows } = await client.query<HealthTrouble & { id: string }>(
    `insert into health_episodes (id, component, reason, began_at)
     select t.id, t.component, t.reason, $4 from unnest($1::uuid[], $2::text[], $3::text[]) as t (id, component, reason)
     on conflict do nothing
     returning id, component, reason`,
    [ids, troubles.map(({ component }) => component), troubles.map(({ reason }) => reason), now],
  );
  return rows.map((row) => ({ ...row, beganAt: now }));
}

/** Ends the open episode of one part; undefined when there was none. */
export async function endEpisode(
  client: ClientBase,
  component: HealthTrouble['component'],
  now: Date,
): Promise<HealthEpisode | undefined> {
  const { rows } = await client.query<HealthTrouble & { id: string; began_at: Date }>(
    `update health_episodes set ended_at = $2 where ended_at is null and component = $1
     returning id, component, reason, began_at`,
    [component, now],
  );
  return rows[0] && { ...rows[0], beganAt: rows[0].began_at };
}

/** Ends the open episodes of all parts but these. */
export async function endEpisodes(client: ClientBase, exceptOf: readonly string[], now: Date): Promise<number> {
  const { rowCount } = await client.query(
    'update health_episodes set ended_at = $2 where ended_at is null and component <> all($1::text[])',
    [exceptOf, now],
  );
  return rowCount ?? 0;
}
