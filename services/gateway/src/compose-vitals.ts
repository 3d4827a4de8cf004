import {
  createPool,
  HEARTBEAT_MS,
  recordHeartbeat,
  removeHeartbeat,
  systemLogPool,
  writeSystemLogs,
  type Doorbell,
  type Pool,
} from '@rollcall/postgres';
import { type Clock, type Logger, type Metrics, newId, startBeating, type SystemLog } from '@rollcall/service-kit';
import { loadHealthFigures } from './data-access/system-health.js';
import { registerInstallationMetrics } from './health/installation-metrics.js';
import { SILENCE_SECONDS } from './health/silence.js';
import type { ByteBudget } from './http/reading/byte-budget.js';

export interface VitalsParts {
  readonly databaseUrl: string;
  readonly pools: Readonly<Record<string, Pool>>;
  /** The one of `pools` that figures of the installation are asked over. */
  readonly pool: Pool;
  readonly doorbell: Doorbell;
  readonly uploads: ByteBudget;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly systemLog: SystemLog | undefined;
  readonly clock: Clock;
}

export interface Vitals {
  start(): void;
  close(): Promise<void>;
}

/** How this process tells of itself: its heartbeat, its warnings in the system log, its figures for Prometheus. */
export function composeVitals(parts: VitalsParts): Vitals {
  const { pools, pool, doorbell, uploads, metrics, logger, systemLog, clock } = parts;
  const workerId = newId();
  const startedAt = clock.now();
  const logDatabase = createPool({
    connectionString: parts.databaseUrl,
    applicationName: 'rollcall system log',
    ...systemLogPool,
    onError: () => undefined,
  });
  systemLog?.start((lines) => writeSystemLogs(logDatabase, workerId, lines));
  registerInstallationMetrics(metrics, {
    pools,
    uploads,
    load: () => loadHealthFigures(pool, SILENCE_SECONDS),
    onError: (error) => logger.warn({ err: error }, 'figures of the installation could not be read'),
  });
  let heartbeat: { stop(): Promise<void> } | undefined;
  return {
    start() {
      heartbeat = startBeating({
        everyMs: HEARTBEAT_MS,
        beat: () =>
          recordHeartbeat(pool, {
            workerId,
            kind: 'gateway',
            startedAt,
            figures: {
              memory_bytes: process.memoryUsage.rss(),
              upload_bytes: uploads.used,
              uploads_refused: uploads.refused,
              doorbell: doorbell.state(),
              ...Object.fromEntries(
                Object.entries(pools).map(([name, { waitingCount }]) => [`${name}_waiting`, waitingCount]),
              ),
            },
          }),
        onError: (error) => logger.warn({ err: error }, 'the heartbeat could not be written'),
      });
    },
    async close() {
      await heartbeat?.stop();
      if (heartbeat !== undefined) await removeHeartbeat(pool, workerId).catch(() => undefined);
      await systemLog?.close();
      await logDatabase.end();
    },
  };
}
