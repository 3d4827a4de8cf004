import { join } from 'node:path';
import { EVENT_ARCHIVE_FOLDER } from '@rollcall/event-log';
import {
  createLocalObjectStore,
  createStorageGuard,
  probeObjects,
  watchStorage,
  type ForeignStorageError,
} from '@rollcall/object-store';
import {
  createDoorbell,
  createPool,
  HEARTBEAT_MS,
  readInstallationId,
  readNamedObjects,
  recordHeartbeat,
  removeHeartbeat,
  requireSchema,
  systemLogPool,
  writeSystemLogs,
} from '@rollcall/postgres';
import {
  createMetrics,
  exportFigures,
  type Lifecycle,
  type Logger,
  newId,
  readinessOf,
  serveMetrics,
  startBeating,
  systemClock,
  type SystemLog,
} from '@rollcall/service-kit';
import type { ProjectorConfig } from './config.js';
import { measureLag } from './data-access/events.js';
import { countScheduledJobs } from './data-access/scheduled-jobs.js';
import { projectedTypes } from './domain/projected-types.js';
import { composeProjection } from './events/compose-projection.js';
import { exportedFigures } from './heartbeat/exported-figures.js';
import { createProjectorFigures, jobFigures, lagFigures } from './heartbeat/projector-figures.js';
import { PROJECTION } from './projections/projection-name.js';
import { createScheduledTasks } from './scheduled/scheduled-tasks.js';
import { freeJobsOfSilent } from './scheduled/free-silent-workers.js';
import { createScheduler } from './scheduled/scheduler.js';

const PROJECTION_CONNECTIONS = 4;
/** One listens, one runs the job, one is for the clock. */
const SCHEDULER_CONNECTIONS = 3;
const POLL_MS = 2_000;

export interface ProjectorParts {
  readonly logger: Logger;
  readonly version: string;
  /** Where the logger's warnings are kept until the database takes them. */
  readonly systemLog: SystemLog;
  /** The storage turned out to be another installation's. */
  readonly onForeignStorage: (error: ForeignStorageError) => void;
  /** Takes the ends of what is started, phase by phase. */
  readonly lifecycle: Pick<Lifecycle, 'onShutdown'>;
}

/** Starts a projector; the only place that constructs. It needs no database to start: it waits for one. */
export function startProjector(config: ProjectorConfig, parts: ProjectorParts): { workerId: string } {
  const { logger, systemLog, lifecycle } = parts;
  const workerId = newId();
  const startedAt = systemClock.now();
  const onIdleError = (error: Error): void => logger.warn({ err: error }, 'an idle database connection broke');
  const database = createPool({
    connectionString: config.databaseUrl,
    applicationName: 'rollcall attendance-projector',
    max: PROJECTION_CONNECTIONS,
    onError: onIdleError,
    // The same few statements for every batch, all of them look-ups: planning them anew would cost more than they do.
    // A batch never pauses: one that does is of a process that hangs, and its locks hold up who takes over.
    settings: { plan_cache_mode: 'force_generic_plan', idle_in_transaction_session_timeout: '4s' },
  });
  const schedulerDatabase = createPool({
    connectionString: config.databaseUrl,
    applicationName: 'rollcall scheduler',
    max: SCHEDULER_CONNECTIONS,
    onError: onIdleError,
  });
  const logDatabase = createPool({
    connectionString: config.databaseUrl,
    applicationName: 'rollcall system log',
    ...systemLogPool,
    onError: () => undefined,
  });
  systemLog.start((lines) => writeSystemLogs(logDatabase, workerId, lines));
  const objects = createLocalObjectStore({ root: config.storageRoot });
  const storage = createStorageGuard({
    root: config.storageRoot,
    installation: () => readInstallationId(database),
    namedObjects: () => readNamedObjects(database),
  });
  const figures = createProjectorFigures();
  const archiveFolder = join(config.storageRoot, EVENT_ARCHIVE_FOLDER);
  const projection = composeProjection({
    archiveFolder,
    pool: database,
    holder: workerId,
    figures,
    logger,
    pollIntervalMs: POLL_MS,
  });
  const scheduler = createScheduler({
    pool: schedulerDatabase,
    tasks: createScheduledTasks({
      ...{ pool: database, objects, storage, storageRoot: config.storageRoot, logger, clock: systemClock },
      eventLog: {
        eventsPerPartition: config.eventsPerPartition,
        retentionDays: config.eventRetentionDays,
        archiveFolder,
      },
    }),
    logger: logger.child({ part: 'scheduler' }),
  });
  const doorbell = createDoorbell({
    connectionString: config.databaseUrl,
    channels: ['rollcall_events'],
    onRing: () => projection.ring(),
    enabled: config.doorbell,
    logger,
  });
  const heartbeat = startBeating({
    everyMs: HEARTBEAT_MS,
    async beat() {
      const lag = await measureLag(database, PROJECTION, projectedTypes);
      const told = { ...figures.read(), ...lagFigures(lag, systemClock.now()), doorbell: doorbell.state() };
      const jobs = await countScheduledJobs(database).catch(() => undefined);
      const memory = { memory_bytes: process.memoryUsage.rss() };
      await recordHeartbeat(database, {
        workerId,
        kind: 'attendance-projector',
        startedAt,
        schedulerId: scheduler.workerId(),
        figures: { ...told, ...jobFigures(jobs), ...memory },
      });
      await freeJobsOfSilent(database);
    },
    onError: (error) => logger.warn({ err: error }, 'the heartbeat could not be written'),
  });

  let stopping = false;
  if (config.metricsPort > 0) {
    const metrics = createMetrics({ service: 'attendance-projector', version: parts.version });
    exportFigures(metrics, () => figures.read(), exportedFigures);
    const health = readinessOf(
      {
        database: () => requireSchema(database),
        storage: () => storage.verify().then(() => probeObjects(objects, systemClock.now())),
      },
      logger,
    );
    const serving = serveMetrics(metrics, config.metricsPort, { health, isStopping: () => stopping });
    serving.catch((error: unknown) => logger.error({ err: error }, 'figures for Prometheus cannot be served'));
    lifecycle.onShutdown('close', 'metrics', async () => (await serving.catch(() => undefined))?.close());
  }

  lifecycle.onShutdown('announce', 'readiness', () => {
    stopping = true;
  });
  lifecycle.onShutdown('stop-intake', 'doorbell', () => doorbell.close());
  lifecycle.onShutdown('drain', 'present batch', () => projection.stop());
  lifecycle.onShutdown('drain', 'present scheduled task', () => scheduler.stop());
  lifecycle.onShutdown('close', 'heartbeat and connections', async () => {
    await heartbeat.stop();
    await removeHeartbeat(database, workerId).catch(() => undefined);
    await systemLog.close();
    await Promise.all([database.end(), schedulerDatabase.end(), logDatabase.end()]);
  });

  const stopWatching = watchStorage(storage, {
    onForeign: parts.onForeignStorage,
    onUnknown: (error) => logger.warn({ err: error }, 'whose the storage is cannot be found out yet'),
  });
  lifecycle.onShutdown('stop-intake', 'storage', stopWatching);
  projection.start();
  scheduler.start();
  doorbell.start();
  return { workerId };
}
