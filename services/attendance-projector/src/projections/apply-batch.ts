import type { StoredEvent } from '@rollcall/contracts';
import { advanceCheckpoint, type CheckpointOutcome, type Cursor } from '@rollcall/event-log';
import { allAnswered, withTransaction, type Pool } from '@rollcall/postgres';
import { loadNotificationRules } from '../data-access/notification-rules.js';
import { noEffects } from '../domain/batch-effects.js';
import { projectBatch } from '../domain/project-batch.js';
import { createToldMemory } from '../domain/told-memory.js';
import { createDayLoader } from './load-known-days.js';
import { PROJECTION } from './projection-name.js';
import { writeEffects } from './write-effects.js';

/** Events of one organization between two places of the log. */
export interface Batch {
  readonly organizationId: string;
  readonly from: Cursor | null;
  /** Where the checkpoint stands afterwards: behind the last event, or behind others that were passed over. */
  readonly to: Cursor;
  readonly events: readonly StoredEvent[];
}

/** `superseded`: somebody else has moved the checkpoint meanwhile; nothing was written. */
export type BatchOutcome = 'applied' | 'superseded';

/**
 * Projects a batch: its effects and the checkpoint in one transaction. The checkpoint moves first, by compare-and-set:
 * a projector that slept past its lease finds it elsewhere and writes nothing, and two at once wait for each other here.
 */
export function createBatchApplier(pool: Pool): (batch: Batch) => Promise<BatchOutcome> {
  const loadKnownDays = createDayLoader();
  const told = createToldMemory();

  return async ({ organizationId, from, to, events }) => {
    try {
      const written = await withTransaction(pool, async (client) => {
        const advanced = advanceCheckpoint(client, { projection: PROJECTION, organizationId, from, to });
        if (events.length === 0) {
          await mustHaveMoved(advanced);
          return noEffects;
        }
        // Sent behind the checkpoint's move: when that has to wait for somebody else, so have they.
        const loading = allAnswered([
          loadKnownDays(client, organizationId, events),
          loadNotificationRules(client, organizationId),
        ]);
        // Of no interest when the checkpoint stands elsewhere, but answered before others get the connection.
        const answered = loading.catch(() => undefined);
        await mustHaveMoved(advanced).catch(async (error: unknown) => {
          await answered;
          throw error;
        });
        const [loaded, telling] = await loading;
        const effects = told.withoutTold(projectBatch(loaded.events, loaded.stored, telling));
        await writeEffects(client, organizationId, effects);
        return effects;
      });
      told.remember(written);
      return 'applied';
    } catch (error) {
      if (error instanceof SupersededError) return 'superseded';
      throw error;
    }
  };
}

/** The checkpoint stands elsewhere: what the transaction did until then is rolled back. */
class SupersededError extends Error {}

async function mustHaveMoved(advanced: Promise<CheckpointOutcome>): Promise<void> {
  if ((await advanced) === 'conflict') throw new SupersededError();
}
