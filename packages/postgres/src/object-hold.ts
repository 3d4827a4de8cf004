import type { ClientBase, Pool } from 'pg';

/** Name of the lock: held alone by a backup that copies the storage, shared by whoever deletes objects of it. */
const HOLD = 'rollcall stored objects';

/**
 * Keeps every stored object where it is until the client's connection ends: what a backup's rows name must still be there when its
 * files are copied. Waits for a deletion under way. The lock is the session's: no transaction stays open for it.
 */
export async function holdObjects(client: Pick<ClientBase, 'query'>): Promise<void> {
  await client.query('select pg_advisory_lock(hashtext($1))', [HOLD]);
}

/** Deletes objects, unless a backup holds them: then undefined, without doing it. A later sweep makes up for it. */
export async function unlessObjectsAreHeld<Result>(
  pool: Pool,
  deleteObjects: () => Promise<Result>,
): Promise<Result | undefined> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await client.query<{ shared: boolean }>(
      'select pg_try_advisory_lock_shared(hashtext($1)) as shared',
      [HOLD],
    );
    if (rows[0]?.shared !== true) return undefined;
    try {
      return await deleteObjects();
    } finally {
      // A connection that cannot give the lock back is thrown away, and the lock with it.
      await client.query('select pg_advisory_unlock_shared(hashtext($1))', [HOLD]).catch((error: unknown) => {
        broken = error instanceof Error ? error : new Error(String(error));
      });
    }
  } finally {
    client.release(broken);
  }
}
