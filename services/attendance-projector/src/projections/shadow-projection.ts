import { createPool, type ClientBase, type Pool, type PoolClient } from '@rollcall/postgres';
import { countMissingConsequences } from '../data-access/consequences.js';
import { loadNotificationRules } from '../data-access/notification-rules.js';
import type { PersonDay } from '../domain/attendance.js';
import { projectBatch } from '../domain/project-batch.js';
import type { Batch, BatchOutcome } from './apply-batch.js';
import { createDayLoader } from './load-known-days.js';
import { writeAttendance, writeEffects } from './write-effects.js';

/** Digests of a large organization take longer than any statement of a service may. */
const STATEMENT_TIMEOUT_MINUTES = 60;
/** Nobody else keeps the statistics of temporary tables. */
const BATCHES_AN_ANALYZE = 50;

/**
 * A second pair of attendance tables that only this connection sees: temporary ones by the same names, which every
 * statement of the projection finds first. Each batch is a short transaction, so that readers of the event log wait for
 * nothing; the tables are on the disk of the database, and go with the connection.
 */
export interface ShadowProjection {
  readonly client: ClientBase;
  /**
   * Projects a batch into them, in a transaction of its own. No derived event, notification or line of the trail is written.
   *
   * @param noteDays told in that transaction of every day the batch may have changed.
   */
  apply(batch: Batch, noteDays?: NoteDays): Promise<BatchOutcome>;
  /** The same in the transaction that the connection is in. */
  applyWithin(batch: Batch, noteDays?: NoteDays): Promise<void>;
  /** Projects a batch and writes also those of its derived events, notifications and lines of the trail that are not there. */
  applyAndTell(batch: Batch): Promise<BatchOutcome>;
  /** Derived events and lines of the trail that the batches led to, and that are not there. */
  missingConsequences(): number;
  /** Empties them for the next organization. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export type NoteDays = (client: ClientBase, days: readonly Pick<PersonDay, 'userId' | 'workDate'>[]) => Promise<void>;

export async function openShadowProjection(
  connectionString: string,
  applicationName = 'rollcall replay --check',
): Promise<ShadowProjection> {
  const pool = createPool({
    connectionString,
    applicationName,
    max: 1,
    onError: () => undefined,
    queryTimeoutMs: (STATEMENT_TIMEOUT_MINUTES + 1) * 60_000,
    settings: { statement_timeout: `${String(STATEMENT_TIMEOUT_MINUTES)}min` },
  });
  let client: PoolClient | undefined;
  try {
    client = await pool.connect();
    client.on('error', () => undefined);
    await allowLongTransactions(client);
    await client.query('create temporary table attendance_logs (like public.attendance_logs including all)');
    await client.query('create temporary table attendance_records (like public.attendance_records including all)');
    return shadowOver(pool, client);
  } catch (error) {
    client?.release(true);
    await pool.end();
    throw error;
  }
}

/**
 * For reading long and writing nothing others see: lifts what the set-up bounds transactions by, on servers (17 and newer)
 * that have such a bound.
 */
export async function allowLongTransactions(client: Pick<ClientBase, 'query'>): Promise<void> {
  const has = `current_setting('transaction_timeout', true) is not null`;
  await client.query(`select set_config('transaction_timeout', '0', false) where ${has}`);
}

function shadowOver(pool: Pool, client: PoolClient): ShadowProjection {
  let loadKnownDays = createDayLoader();
  let batches = 0;
  let missing = 0;

  async function project({ organizationId, events }: Batch, noteDays?: NoteDays): Promise<void> {
    const loaded = await loadKnownDays(client, organizationId, events);
    const effects = projectBatch(loaded.events, loaded.stored);
    await writeAttendance(client, organizationId, effects);
    missing += await countMissingConsequences(client, effects);
    await noteDays?.(client, loaded.stored.days);
  }

  async function projectAndTell({ organizationId, events }: Batch): Promise<void> {
    const loaded = await loadKnownDays(client, organizationId, events);
    const telling = await loadNotificationRules(client, organizationId);
    await writeEffects(client, organizationId, projectBatch(loaded.events, loaded.stored, telling));
  }

  async function inTransaction({ events }: Batch, work: () => Promise<void>): Promise<BatchOutcome> {
    if (events.length === 0) return 'applied';
    await client.query('begin');
    try {
      await work();
      await client.query('commit');
    } catch (error) {
      // A rollback that fails, since the connection is gone, must not hide why.
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
    batches += 1;
    if (batches % BATCHES_AN_ANALYZE === 0) await client.query('analyze attendance_logs, attendance_records');
    return 'applied';
  }

  return {
    client,
    apply: (batch, noteDays) => inTransaction(batch, () => project(batch, noteDays)),
    applyWithin: project,
    applyAndTell: (batch) => inTransaction(batch, () => projectAndTell(batch)),
    missingConsequences: () => missing,
    async clear() {
      await client.query('truncate pg_temp.attendance_logs, pg_temp.attendance_records');
      loadKnownDays = createDayLoader();
      missing = 0;
    },
    async close() {
      // Thrown away: no pool may hand out a connection with such tables.
      client.release(true);
      await pool.end();
    },
  };
}
