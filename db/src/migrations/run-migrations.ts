import knex, { type Knex } from 'knex';
import { commandLineSettings } from '@rollcall/postgres';
import type { Migration } from './migration-files.js';
import { migrationTable } from './migration-table.js';

type Direction = 'up' | 'down-newest' | 'down-all';

/** Applies what is missing, or takes back the newest or all; each migration in a transaction of its own. The caller holds the lock. */
export async function runMigrations(
  ownerUrl: string,
  migrations: readonly Migration[],
  direction: Direction,
): Promise<string[]> {
  const db = knex({
    client: 'pg',
    connection: { connectionString: withoutTimeouts(ownerUrl) },
    pool: { min: 0, max: 1 },
  });
  try {
    const migrator = db.migrate;
    const config: Knex.MigratorConfig = { tableName: migrationTable, migrationSource: sourceOf(migrations) };
    // Knex leaves its own lock behind when a process dies; the advisory lock of the caller does not.
    await migrator.forceFreeMigrationsLock(config);
    const [, names] = (await step(migrator, config, direction)) as [number, string[]];
    return names;
  } finally {
    await db.destroy();
  }
}

function step(migrator: Knex.Migrator, config: Knex.MigratorConfig, direction: Direction): Promise<unknown> {
  if (direction === 'up') return migrator.latest(config);
  return direction === 'down-all' ? migrator.rollback(config, true) : migrator.down(config);
}

function sourceOf(migrations: readonly Migration[]): Knex.MigrationSource<Migration> {
  return {
    getMigrations: () => Promise.resolve([...migrations]),
    getMigrationName: ({ name }) => name,
    getMigration: (migration) =>
      Promise.resolve({
        up: async (db: Knex) => run(db, await migration.up()),
        down: async (db: Knex) => run(db, await migration.down()),
      }),
  };
}

async function run(db: Knex, sql: string): Promise<void> {
  // Not db.raw: it would take a question mark in the text for a parameter.
  const { client } = db as unknown as { client: Knex.Client };
  const connection = (await client.acquireConnection()) as { query(text: string): Promise<unknown> };
  try {
    await connection.query(sql);
  } finally {
    await client.releaseConnection(connection);
  }
}

function withoutTimeouts(ownerUrl: string): string {
  const url = new URL(ownerUrl);
  const settings = commandLineSettings({ statement_timeout: '0', lock_timeout: '60s' });
  url.searchParams.set('options', `${url.searchParams.get('options') ?? ''} ${settings}`.trim());
  return url.href;
}
