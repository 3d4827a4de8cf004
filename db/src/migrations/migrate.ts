import { makeEventPartitions } from '@rollcall/event-log';
import type pg from 'pg';
import { applyFunctions, dropAppliedFunctions } from '../functions/apply-functions.js';
import { listFunctions } from '../functions/function-files.js';
import { migrateScheduler } from '../scheduler/migrate-scheduler.js';
import { withMigrationLock } from './migration-lock.js';
import { listMigrations, type Migration } from './migration-files.js';
import { migrationTable } from './migration-table.js';

export interface MigrationReport {
  /** Migrations applied now. */
  readonly migrations: readonly string[];
  /** SQL functions created, replaced or dropped now. */
  readonly functions: readonly string[];
  /** The scheduler's schema was made or upgraded. */
  readonly scheduler: boolean;
  /** The event log's present epoch. */
  readonly epoch: number;
  /** This database was restored into another cluster (or is new): the log began a new epoch. */
  readonly startedEpoch: boolean;
}

/**
 * Brings a database to this version: tables, functions, the scheduler's schema, the event log's epoch and partitions. Safe to call at
 * every start and by several processes at once; one works, the others wait and then find nothing to do.
 *
 * @param ownerUrl of a login that acts as rollcall_owner and is a member of rollcall_scheduler.
 */
export async function migrate(ownerUrl: string): Promise<MigrationReport> {
  return withMigrationLock(ownerUrl, async (client) => {
    const migrations = await applyMigrations(client, ownerUrl);
    const functions = await applyFunctions(client, await listFunctions());
    const scheduler = await migrateScheduler(client, actingAs(ownerUrl, 'rollcall_scheduler'));
    const { rows } = await client.query<{ epoch: number; started: boolean }>(
      'select epoch, started from ensure_epoch()',
    );
    const { epoch = 0, started = false } = rows[0] ?? {};
    await makeEventPartitions(client);
    return { migrations, functions, scheduler, epoch, startedEpoch: started };
  });
}

/** Takes back the newest migration, or all of them. SQL functions go first; the next `migrate` brings them again. */
export async function rollBack(ownerUrl: string, scope: 'newest' | 'all'): Promise<readonly string[]> {
  return withMigrationLock(ownerUrl, async (client) => {
    const applied = await readAppliedMigrations(client);
    if (applied.length === 0) return [];
    await dropAppliedFunctions(client);
    const { runMigrations } = await import('./run-migrations.js');
    return runMigrations(ownerUrl, await listMigrations(), scope === 'all' ? 'down-all' : 'down-newest');
  });
}

async function applyMigrations(client: pg.Client, ownerUrl: string): Promise<readonly string[]> {
  const known = await listMigrations();
  const applied = await readAppliedMigrations(client);
  refuseUnknown(known, applied);
  if (applied.length === known.length) return [];
  // Loaded when needed only: a start that has nothing to migrate stays quick.
  const { runMigrations } = await import('./run-migrations.js');
  return runMigrations(ownerUrl, known, 'up');
}

async function readAppliedMigrations(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ known: boolean }>('select to_regclass($1) is not null as known', [
    `public.${migrationTable}`,
  ]);
  if (!tables[0]?.known) return [];
  const { rows } = await client.query<{ name: string }>(`select name from ${migrationTable} order by name`);
  return rows.map(({ name }) => name);
}

function refuseUnknown(known: readonly Migration[], applied: readonly string[]): void {
  const names = new Set(known.map(({ name }) => name));
  const unknown = applied.find((name) => !names.has(name));
  if (unknown === undefined) return;
  throw new Error(
    `This database was migrated by a newer Rollcall (${unknown} is not known here): install that version, or restore an older backup.`,
  );
}

function actingAs(ownerUrl: string, role: string): string {
  const url = new URL(ownerUrl);
  url.searchParams.set('options', `-c role=${role}`);
  return url.href;
}
