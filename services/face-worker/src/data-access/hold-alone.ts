import type { Pool } from '@rollcall/postgres';

/**
 * Does something that only one process is to do at a time; undefined, without doing it, when another one is at it. The lock
 * is the session's, so that no transaction stays open meanwhile, and ends with the connection.
 */
export async function holdAlone<Result>(
  pool: Pool,
  name: string,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock(hashtext($1)) as held', [name]);
    if (rows[0]?.held !== true) return undefined;
    try {
      return await work();
    } finally {
      // A connection that cannot give the lock back is thrown away, and the lock with it.
      await client.query('select pg_advisory_unlock(hashtext($1))', [name]).catch((error: unknown) => {
        broken = error instanceof Error ? error : new Error(String(error));
      });
    }
  } finally {
    client.release(broken);
  }
}
