import type { ObjectStore, StorageGuard } from '@rollcall/object-store';
import { unlessObjectsAreHeld, type Pool } from '@rollcall/postgres';
import type { Clock, Logger } from '@rollcall/service-kit';
import { closeWorkdays } from './close-workdays.js';
import { expireReviews } from './expire-reviews.js';
import { findOrphanObjects } from './find-orphan-objects.js';
import { finishAbandonedReplays } from './finish-abandoned-replays.js';
import { freeSilentWorkers } from './free-silent-workers.js';
import { keepAuditHeads } from './keep-audit-heads.js';
import { purgeCorrectionBatches } from './purge-correction-batches.js';
import { purgeIdempotencyKeys } from './purge-idempotency-keys.js';
import { purgeImages } from './purge-images.js';
import { purgeRefreshTokens } from './purge-refresh-tokens.js';
import { purgeUploadedImages } from './purge-uploaded-images.js';
import { purgeUserImports } from './purge-user-imports.js';
import { purgeSystemLogs } from './purge-system-logs.js';
import { sweepObjectDeletions } from './sweep-object-deletions.js';
import { retireEvents } from './retire-events.js';
import { makePartitions } from './make-partitions.js';
import { tellSilentDevices } from './tell-silent-devices.js';
import { watchEventLog } from './watch-event-log.js';
import { watchHealth } from './watch-health.js';
import { watchLedger } from './watch-ledger.js';

export interface ScheduledTask {
  readonly name: string;
  /** When it is due, as in a crontab, UTC. */
  readonly cron: string;
  /** Every task may run twice and may be cut short. What it answers is logged. */
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

export interface EventLogSettings {
  readonly eventsPerPartition: number;
  /** After so many days events leave the database for the archive; 0: never. */
  readonly retentionDays: number;
  /** Where archives are. */
  readonly archiveFolder: string;
}

export interface ScheduledTaskParts {
  readonly pool: Pool;
  readonly objects: ObjectStore;
  /** Nothing is deleted in a folder of another installation. */
  readonly storage: StorageGuard;
  /** The folder of stored objects. */
  readonly storageRoot: string;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  readonly eventLog: EventLogSettings;
}

/** What runs by the clock. Minutes differ, so that the hourly ones do not meet. */
export function createScheduledTasks({
  pool,
  objects,
  storage,
  storageRoot,
  logger,
  clock,
  eventLog,
}: ScheduledTaskParts): ScheduledTask[] {
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
    { name: 'watch-ledger', cron: '* * * * *', run: () => watchLedger(pool, clock.now()) },
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
        return findOrphanObjects(pool, objects, signal);
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
      name: 'purge-correction-batches',
      cron: '27 * * * *',
      run: async (signal) => ({ deleted: await purgeCorrectionBatches(pool, signal) }),
    },
    {
      name: 'keep-audit-heads',
      // A file a day; asked for each hour, because no installation runs all the time.
      cron: '2 * * * *',
      run: async () => {
        await storage.verify();
        return { written: await keepAuditHeads(pool, storageRoot, clock.now()) };
      },
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
    {
      name: 'make-event-partitions',
      cron: '* * * * *',
      run: (signal) => makePartitions(pool, eventLog.eventsPerPartition, logger, signal),
    },
    {
      name: 'retire-events',
      cron: '17 * * * *',
      run: async (signal) => {
        await storage.verify();
        return retireEvents({ pool, ...eventLog, logger, now: clock.now(), signal });
      },
    },
  ];
}
