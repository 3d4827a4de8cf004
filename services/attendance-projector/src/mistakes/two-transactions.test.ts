import { advanceCheckpoint } from '@rollcall/event-log';
import { withTransaction, type Pool, type PoolClient } from '@rollcall/postgres';
import { loadNotificationRules } from '../data-access/notification-rules.js';
import { projectBatch } from '../domain/project-batch.js';
import type { Batch, BatchOutcome } from '../projections/apply-batch.js';
import { createDayLoader } from '../projections/load-known-days.js';
import { PROJECTION } from '../projections/projection-name.js';
import { writeEffects } from '../projections/write-effects.js';

/** The mistake: the same as `createBatchApplier`, but the checkpoint is stored before its effects. */
export function createTwoTransactionApplier(pool: Pool): (batch: Batch) => Promise<BatchOutcome> {
  const loadKnownDays = createDayLoader();
  return async ({ organizationId, from, to, events }) => {
    const moved = await withTransaction(pool, (client) =>
      advanceCheckpoint(client, { projection: PROJECTION, organizationId, from, to }),
    );
    if (moved === 'conflict') return 'superseded';
    await withTransaction(pool, async (client) => {
      const loaded = await loadKnownDays(client, organizationId, events);
      const telling = await loadNotificationRules(client, organizationId);
      await writeEffects(client, organizationId, projectBatch(loaded.events, loaded.stored, telling));
    });
    return 'applied';
  };
}

/** As when the process is killed: the statement of this number is never sent, and its connection is gone. */
export function dyingPool(pool: Pool, lastStatement: number): { readonly pool: Pool; readonly sent: () => number } {
  let sent = 0;
  const connect = async (): Promise<PoolClient> => {
    const client = await pool.connect();
    const query = (...given: unknown[]): unknown => {
      if (sent === lastStatement) return Promise.reject(new Error('the process was killed'));
      sent += 1;
      return (client.query as (...args: unknown[]) => unknown)(...given);
    };
    // Dead is dead: the server rolls back what is open.
    const release = (): void => client.release(true);
    return Object.assign(Object.create(client) as PoolClient, { query, release });
  };
  return { pool: Object.assign(Object.create(pool) as Pool, { connect }), sent: () => sent };
}
