import pg from 'pg';
import { waitUntil } from '../rollcall/wait-until.js';
import type { TestDatabase } from './test-database.js';

/** Waits until as many sessions of the database wait for a lock: the moment at which a race is set up. */
export async function waitUntilBlocked(db: Pick<TestDatabase, 'adminUrl'>, sessions = 1): Promise<void> {
  // The roles of services do not see what other sessions wait for.
  const client = new pg.Client({ connectionString: db.adminUrl });
  await client.connect();
  try {
    await waitUntil(`${sessions} session(s) wait for a lock`, async () => {
      const sql = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return ((await client.query(sql)).rowCount ?? 0) >= sessions;
    });
  } finally {
    await client.end();
  }
}
