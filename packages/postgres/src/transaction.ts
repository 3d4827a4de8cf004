import type { Pool, PoolClient } from 'pg';

/** Runs `work` in a transaction of its own: committed when it resolves, rolled back when it throws. */
export function withTransaction<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  return runTransaction(pool, 'begin', work);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Runs `work` in a transaction that sees and writes the rows of one organization only (row-level security).
 * The scope is set for the transaction, never for the connection: a pooled connection cannot carry it to the next user.
 *
 * @throws TypeError when the id is not a uuid: it goes into the statement that also begins, to save a round trip.
 */
export async function withOrganization<Result>(
  pool: Pool,
  organizationId: string,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  if (!UUID.test(organizationId)) throw new TypeError('the organization id is not a uuid');
  return runTransaction(pool, `begin; set local app.organization_id = '${organizationId}'`, work);
}

async function runTransaction<Result>(
  pool: Pool,
  begin: string,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that was cut between two queries must not go back to the pool, whatever the work made of it.
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  try {
    await client.query(begin);
    const result = await work(client);
    const { command } = await client.query('commit');
    // A transaction that failed inside and was not told so answers COMMIT with ROLLBACK: nothing was stored.
    if (command === 'ROLLBACK') throw new Error('the transaction had failed; nothing was stored');
    return result;
  } catch (error) {
    broken = (await rollBack(client)) ?? broken;
    throw error;
  } finally {
    client.off('error', onError);
    // A connection whose state is unknown is thrown away, not handed to the next user.
    client.release(broken ?? false);
  }
}

/** Rolls back and returns the error of that instead of throwing it: the first error is the one to tell. */
async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
