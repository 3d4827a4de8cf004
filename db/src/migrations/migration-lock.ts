import pg from 'pg';

/** Any number will do as long as it stays the same: it is the right to migrate this database. */
const MIGRATION_LOCK = 7_205_759_403;

/**
 * Runs `work` while no other process migrates this database. The lock belongs to the session: it is gone with a process
 * that dies, and no transaction stays open meanwhile.
 */
export async function withMigrationLock<Result>(
  ownerUrl: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'rollcall-migrate' });
  await client.connect();
  try {
    await client.query("set statement_timeout = '120s'; set client_min_messages = warning");
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await work(client);
  } finally {
    await client.end();
  }
}
