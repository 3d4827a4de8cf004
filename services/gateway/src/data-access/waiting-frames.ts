import type { Pool } from '@rollcall/postgres';
import type { Backlog } from '../submission/backlog-limit.js';

/** Frames that wait for a face worker, by organization; counts `most` of each source at most. */
export async function countWaitingFrames(pool: Pool, most: number): Promise<Backlog> {
  const { rows } = await pool.query<{ organization_id: string; waiting: string }>({
    name: 'waiting-frames',
    text: 'select organization_id, waiting from waiting_frames($1)',
    values: [most],
  });
  return new Map(rows.map(({ organization_id, waiting }) => [organization_id, Number(waiting)]));
}
