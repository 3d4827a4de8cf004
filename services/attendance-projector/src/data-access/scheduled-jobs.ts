import type { ClientBase } from '@rollcall/postgres';

/** How the jobs of graphile-worker stand. */
export interface ScheduledJobs {
  /** Due and taken by nobody. */
  readonly waiting: number;
  /** Out of attempts. */
  readonly failed: number;
  /** How long the oldest of the waiting is due; 0 when none waits. */
  readonly oldestDueSeconds: number;
}

export async function countScheduledJobs(client: Pick<ClientBase, 'query'>): Promise<ScheduledJobs> {
  const { rows } = await client.query<{ waiting: number; failed: number; seconds: number | null }>({
    name: 'count-scheduled-jobs',
    text: `select count(*) filter (where attempts < max_attempts and run_at <= now())::integer as waiting,
                  count(*) filter (where attempts >= max_attempts)::integer as failed,
                  extract(epoch from now() - min(run_at) filter (where attempts < max_attempts and run_at <= now()))::double precision as seconds
           from graphile_worker.jobs where locked_at is null`,
  });
  const [row] = rows;
  return { waiting: row?.waiting ?? 0, failed: row?.failed ?? 0, oldestDueSeconds: row?.seconds ?? 0 };
}
