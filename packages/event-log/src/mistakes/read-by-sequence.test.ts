import type { Pool } from '@rollcall/postgres';
import { readEvents } from '../read-events.js';

/** Reads on after where it stands, in its own order; ids of what is new. */
export type TestReader = (organizationId: string) => Promise<string[]>;

/** Ours: by commit order, up to the oldest transaction that still runs. */
export function readerByCommitOrder(pool: Pool): TestReader {
  let after: Parameters<typeof readEvents>[1]['after'] = null;
  return async (organizationId) => {
    const page = await readEvents(pool, { organizationId, after, limit: 100 });
    after = page.next;
    return page.events.map(({ id }) => id);
  };
}

/** The mistake: sequence numbers are drawn at insert, and whoever draws the earlier one may commit later. */
export function readerBySequence(pool: Pool): TestReader {
  let after = '0';
  return async (organizationId) => {
    const { rows } = await pool.query<{ id: string; position: string }>(
      'select id, position from events where organization_id = $1 and position > $2 order by position limit 100',
      [organizationId, after],
    );
    after = rows.at(-1)?.position ?? after;
    return rows.map(({ id }) => id);
  };
}

/** The same mistake with a clock: the time of an insert is not that of its commit either. */
export function readerByTime(pool: Pool): TestReader {
  let after = new Date(0).toISOString();
  return async (organizationId) => {
    const { rows } = await pool.query<{ id: string; recorded_at: string }>(
      `select id, recorded_at::text from events where organization_id = $1 and recorded_at > $2::timestamptz
       order by recorded_at, position limit 100`,
      [organizationId, after],
    );
    after = rows.at(-1)?.recorded_at ?? after;
    return rows.map(({ id }) => id);
  };
}
