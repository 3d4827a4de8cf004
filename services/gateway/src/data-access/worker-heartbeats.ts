import type { Pool } from '@rollcall/postgres';

export interface ServiceHeartbeat {
  readonly kind: string;
  /** Processes heard of within the time. */
  readonly alive: number;
  /** Seconds since the youngest sign of life; null when there never was one. */
  readonly silentSeconds: number | null;
}

/** Which of the other services are alive, by their heartbeat rows. */
export async function readHeartbeats(pool: Pool, withinSeconds: number): Promise<ServiceHeartbeat[]> {
  const { rows } = await pool.query<{ kind: string; alive: number; silent_seconds: number }>({
    name: 'read-heartbeats',
    text: `select kind, (count(*) filter (where beat_at > now() - $1 * interval '1 second'))::integer as alive,
             extract(epoch from now() - max(beat_at))::double precision as silent_seconds
           from worker_heartbeats group by kind`,
    values: [withinSeconds],
  });
  return rows.map(({ kind, alive, silent_seconds }) => ({ kind, alive, silentSeconds: silent_seconds }));
}
