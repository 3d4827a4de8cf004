import { hostname } from 'node:os';
import type { ClientBase } from 'pg';

type Client = Pick<ClientBase, 'query'>;

/** How often every process says that it lives, ms. */
export const HEARTBEAT_MS = 2_000;

export interface Heartbeat {
  readonly workerId: string;
  readonly kind: 'gateway' | 'face-worker' | 'attendance-projector';
  readonly startedAt: Date;
  /** Under which graphile-worker locks the jobs of this process; null while it runs none. */
  readonly schedulerId?: string | null;
  /** Numbers and words, no text of people: every process may read them. */
  readonly figures: Readonly<Record<string, unknown>>;
}

/** Says that this process lives, and how it is doing. */
export async function recordHeartbeat(client: Client, beat: Heartbeat): Promise<void> {
  const { workerId, kind, startedAt, schedulerId = null, figures } = beat;
  await client.query({
    name: 'record-heartbeat',
    text: `insert into worker_heartbeats
             (worker_id, kind, graphile_worker_id, hostname, pid, started_at, beat_at, figures)
           values ($1, $2, $3, $4, $5, $6, clock_timestamp(), $7)
           on conflict (worker_id) do update set
             graphile_worker_id = excluded.graphile_worker_id, beat_at = excluded.beat_at, figures = excluded.figures`,
    values: [workerId, kind, schedulerId, hostname(), process.pid, startedAt, JSON.stringify(figures)],
  });
}

/** A process that ends in good order is not one that fell silent. */
export async function removeHeartbeat(client: Client, workerId: string): Promise<void> {
  await client.query('delete from worker_heartbeats where worker_id = $1', [workerId]);
}
