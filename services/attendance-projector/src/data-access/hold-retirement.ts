import type { Pool, PoolClient } from '@rollcall/postgres';

/** Name of the lock: held by the one run that archives and drops events. */
const HOLD = 'rollcall retire-events';

/**
 * Archives and drops events as the only one who does; undefined, without doing it, when another process is at it. The lock
 * is the session's: no transaction stays open meanwhile, and whoever works over this connection alone works under the lock
 * for as long as it is answered.
 */
export async function holdRetirement<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result | undefined> {
  const client = await pool.connect();
  let broken = true;
  try {
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock(hashtext($1)) as held', [HOLD]);
    if (rows[0]?.held !== true) {
      broken = false;
      return undefined;
    }
    const result = await work(client);
    await client.query('select pg_advisory_unlock(hashtext($1))', [HOLD]);
    broken = false;
    return result;
  } finally {
    // A connection that may still hold the lock is thrown away, and the lock with it.
    client.release(broken);
  }
}
