import { hostname } from 'node:os';
import type { Pool } from '@rollcall/postgres';

const BEAT = `
  insert into worker_heartbeats (worker_id, kind, hostname, pid, started_at, figures)
  values ($1, 'face-worker', $2, $3, $4, $5)
  on conflict (worker_id) do update set beat_at = now(), figures = excluded.figures`;

export interface Heartbeat {
  readonly workerId: string;
  readonly startedAt: Date;
  readonly figures: Readonly<Record<string, unknown>>;
}

/** Says that this worker lives, and how it fares. */
export async function recordHeartbeat(pool: Pool, { workerId, startedAt, figures }: Heartbeat): Promise<void> {
  const values = [workerId, hostname(), process.pid, startedAt, JSON.stringify(figures)];
  await pool.query({ name: 'record-heartbeat', text: BEAT, values });
}

/** A worker that ended in good order is not one that fell silent. */
export async function removeHeartbeat(pool: Pool, workerId: string): Promise<void> {
  await pool.query('delete from worker_heartbeats where worker_id = $1', [workerId]);
}
