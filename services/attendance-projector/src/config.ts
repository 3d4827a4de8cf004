import { resolve } from 'node:path';
import { EVENTS_PER_PARTITION } from '@rollcall/event-log';
import { loadConfig, serviceSettings, type Environment, type LogLevel } from '@rollcall/service-kit';
import { Type } from '@sinclair/typebox';

/** The environment of the projector. */
export const projectorSettings = Type.Object({
  ...serviceSettings,
  PROJECTOR_METRICS_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 0,
    description: 'Port on 127.0.0.1 that tells Prometheus the figures of this process; 0: none.',
  }),
  EVENT_RETENTION_DAYS: Type.Integer({
    minimum: 0,
    maximum: 36_500,
    default: 0,
    description:
      'Days after which events leave the database for compressed files in the storage folder, a whole partition at a time; 0: never.',
  }),
  EVENTS_PER_PARTITION: Type.Integer({
    minimum: 1_000,
    maximum: 1_000_000_000,
    default: EVENTS_PER_PARTITION,
    description: 'About how many events a partition of the event log is made for; none spans much more than a month.',
  }),
});

export interface ProjectorConfig {
  readonly databaseUrl: string;
  readonly storageRoot: string;
  readonly doorbell: boolean;
  /** 0: none. */
  readonly metricsPort: number;
  /** 0: for ever. */
  readonly eventRetentionDays: number;
  readonly eventsPerPartition: number;
  readonly logLevel: LogLevel;
}

/**
 * Checks the environment. Relative folders count from the working directory.
 *
 * @throws ConfigError that names each wrong variable and what is allowed.
 */
export function loadProjectorConfig(env: Environment = process.env): ProjectorConfig {
  const settings = loadConfig(projectorSettings, env);
  return {
    databaseUrl: settings.DATABASE_URL,
    storageRoot: resolve(settings.STORAGE_ROOT),
    doorbell: settings.DOORBELL === 'on',
    metricsPort: settings.PROJECTOR_METRICS_PORT,
    eventRetentionDays: settings.EVENT_RETENTION_DAYS,
    eventsPerPartition: settings.EVENTS_PER_PARTITION,
    logLevel: settings.LOG_LEVEL,
  };
}
