import { resolve } from 'node:path';
import { loadConfig, serviceSettings, type Environment, type LogLevel } from '@rollcall/service-kit';
import { Type } from '@sinclair/typebox';

/** The environment of the projector: what every service reads, and no more. */
export const projectorSettings = Type.Object({ ...serviceSettings });

export interface ProjectorConfig {
  readonly databaseUrl: string;
  readonly storageRoot: string;
  readonly doorbell: boolean;
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
    logLevel: settings.LOG_LEVEL,
  };
}
