import type { ObjectStore, StorageGuard } from '@rollcall/object-store';
import { unlessObjectsAreHeld, type Pool } from '@rollcall/postgres';
import type { Clock, Logger } from '@rollcall/service-kit';
import { closeWorkdays } from './close-workdays.js';
import { expireReviews } from './expire-reviews.js';
import { findOrphanObjects } from './find-orphan-objects.js';
import { finishAbandonedReplays } from './finish-abandoned-replays.js';
import { freeSilentWorkers } from './free-silent-workers.js';
import { purgeIdempotencyKeys } from './purge-idempotency-keys.js';
import { purgeImages } from './purge-images.js';
import { purgeRefreshTokens } from './purge-refresh-tokens.js';
import { purgeUploadedImages } from './purge-uploaded-images.js';
import { purgeUserImports } from './purge-user-imports.js';
import { purgeSystemLogs } from './purge-system-logs.js';
import { sweepObjectDeletions } from './sweep-object-deletions.js';
import { tellSilentDevices } from './tell-silent-devices.js';
import { watchEventLog } from './watch-event-log.js';
import { watchHealth } from './watch-health.js';

export interface ScheduledTask {
  readonly name: string;
  /** When it is due, as in a crontab, UTC. */
  readonly cron: string;
  /** Every task may run twice and may be cut short. What it answers is logged. */
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

export interface ScheduledTaskParts {
  readonly pool: Pool;
  readonly objects: ObjectStore;
  /** Nothing is deleted in a folder of another installation. */
  readonly storage: StorageGuard;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}

/** What runs by the clock. Minutes differ, so that the hourly ones do not meet. */
export function createScheduledTasks({ pool, objects, storage, logger, clock }: ScheduledTaskParts): ScheduledTask[] {
  return [
    {
      name: 'sweep-object-deletions',
      cron: '* * * * *',
      run: async (signal) => {
        await storage.verify();
        // What a backup copies stays until it has it; the next sweep comes in a minute.
        return unlessObjectsAreHeld(pool, () => sweepObjectDeletions(pool, objects, signal));
      },
    },
    { name: 'watch-health', cron: '* * * * *', run: () => watchHealth(pool, clock.now()) },
    {
      name: 'watch-event-log',
      cron: '* * * * *',
      run: async () => ({ episode: await watchEventLog(pool, logger, clock.now()) }),
    },
    {
      name: 'tell-silent-devices',
      cron: '* * * * *',
      run: async () => ({ told: await tellSilentDevices(pool, clock.now()) }),
    },
    {
      name: 'finish-abandoned-replays',
      cron: '* * * * *',
      run: async () => ({ finished: await finishAbandonedReplays(pool, logger) }),
    },
    { name: 'free-silent-workers', cron: '* * * * *', run: () => freeSilentWorkers(pool) },
    {
      name: 'close-workdays',
      cron: '* * * * *',
      run: async (signal) => ({ closed: await closeWorkdays(pool, signal) }),
    },
    {
      name: 'purge-idempotency-keys',
      cron: '7 * * * *',
      run: async (signal) => ({ deleted: await purgeIdempotencyKeys(pool, signal) }),
    },
    {
      name: 'find-orphan-objects',
      cron: '22 * * * *',
      run: async (signal) => {
        await storage.verify();
        return findOrphanObjects(pool, objects, clock.now(), signal);
      },
    },
    {
      name: 'purge-uploaded-images',
      cron: '12 * * * *',
      run: async (signal) => ({ deleted: await purgeUploadedImages(pool, signal) }),
    },
    {
      name: 'purge-user-imports',
      cron: '42 * * * *',
      run: async (signal) => ({ deleted: await purgeUserImports(pool, signal) }),
    },
    {
      name: 'purge-refresh-tokens',
      cron: '37 * * * *',
      run: async (signal) => ({ deleted: await purgeRefreshTokens(pool, signal) }),
    },
    { name: 'purge-images', cron: '32 * * * *', run: (signal) => purgeImages(pool, signal) },
    {
      name: 'expire-reviews',
      cron: '52 * * * *',
      run: async (signal) => ({ expired: await expireReviews(pool, signal) }),
    },
    {
      name: 'purge-system-logs',
      cron: '47 * * * *',
      run: async (signal) => ({ deleted: await purgeSystemLogs(pool, signal) }),
    },
  ];
}
