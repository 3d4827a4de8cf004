import type { ClientBase } from 'pg';

/** Newest migration of the pinned graphile-worker (0.17.3); its test fails when an upgrade brings another one. */
export const schedulerMigration = 19;

/** Makes or upgrades the schema `graphile_worker`, owned by rollcall_scheduler. True when there was something to do. */
export async function migrateScheduler(client: ClientBase, schedulerUrl: string): Promise<boolean> {
  if ((await newestMigration(client)) >= schedulerMigration) return false;
  // Loaded when needed only: a start that has nothing to migrate stays quick.
  const { runMigrations, Logger } = await import('graphile-worker');
  const silent = new Logger(() => () => undefined);
  await runMigrations({ connectionString: schedulerUrl, maxPoolSize: 1, logger: silent });
  return true;
}

async function newestMigration(client: ClientBase): Promise<number> {
  await client.query('set role rollcall_scheduler');
  try {
    const known = await client.query<{ known: boolean }>(
      "select to_regclass('graphile_worker.migrations') is not null as known",
    );
    if (!known.rows[0]?.known) return 0;
    const newest = await client.query<{ id: number | null }>('select max(id) as id from graphile_worker.migrations');
    return newest.rows[0]?.id ?? 0;
  } finally {
    await client.query('set role rollcall_owner');
  }
}
