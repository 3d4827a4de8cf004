import { resolve } from 'node:path';
import {
  choiceSetting,
  loadConfig,
  logLevels,
  secretSetting,
  type Environment,
  type LogLevel,
} from '@rollcall/service-kit';
import { Type } from '@sinclair/typebox';

/** The environment of the projector. */
export const projectorSettings = Type.Object({
  DATABASE_URL: secretSetting({
    description: "PostgreSQL (15 or newer) as the service's own role.",
    pattern: '^postgres(ql)?://',
    allowed: 'a URL postgres://…',
  }),
  STORAGE_ROOT: Type.String({ default: './storage', description: 'Folder of photos, frames and face crops.' }),
  DOORBELL: choiceSetting(['on', 'off'], {
    default: 'on',
    description: 'LISTEN/NOTIFY as a hint that there is something new; off: everything works by poll, only slower.',
  }),
  LOG_LEVEL: choiceSetting(logLevels, { default: 'info', description: 'The least severe log lines to write.' }),
  NODE_ENV: choiceSetting(['development', 'test', 'production'], {
    default: 'production',
    description: 'What kind of installation this is.',
  }),
});

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
