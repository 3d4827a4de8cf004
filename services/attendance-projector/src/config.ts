import { resolve } from 'node:path';
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
});

export interface ProjectorConfig {
  readonly databaseUrl: string;
  readonly storageRoot: string;
  readonly doorbell: boolean;
  /** 0: none. */
  readonly metricsPort: number;
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
    logLevel: settings.LOG_LEVEL,
  };
}
