import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { loadConfig, secretSetting, type Environment } from '@rollcall/service-kit';
import { Type } from '@sinclair/typebox';

/** What the `db` commands read of the settings of an installation. */
const databaseSettings = Type.Object({
  DATABASE_URL: Type.Optional(
    secretSetting({
      description: 'An existing PostgreSQL, version 15 or newer; the embedded one when not set.',
      pattern: '^postgres(ql)?://',
      allowed: 'a URL postgres://…',
    }),
  ),
  STATE_DIR: Type.String({
    default: 'storage',
    description: 'Folder of the installation: the embedded database and the secrets.',
  }),
  STORAGE_ROOT: Type.Optional(
    Type.String({
      description: 'Folder of photos, frames and face crops; `objects` in the state folder when not set.',
    }),
  ),
});

/** The installation that a `db` command is about. */
export interface DatabaseConfig {
  /** Its folder, from the root of the file system. */
  readonly stateDir: string;
  /** Its PostgreSQL, when that is not the embedded one. */
  readonly databaseUrl?: string;
  /** Folder of the photos, frames and crops, from the root of the file system. */
  readonly storageRoot: string;
}

const clone = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The installation of a clone, as `npm start` finds it: of the environment, then of `.env` beside package.json. Folders are seen from the
 * clone, wherever the command was called.
 *
 * @throws ConfigError that names each wrong variable and what is allowed.
 */
export function loadDatabaseConfig(env: Environment, root = clone): DatabaseConfig {
  const file = join(root, '.env');
  const settings = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const { DATABASE_URL, STATE_DIR, STORAGE_ROOT } = loadConfig(databaseSettings, { ...settings, ...env });
  const stateDir = resolve(root, STATE_DIR);
  return {
    stateDir,
    ...(DATABASE_URL === undefined ? {} : { databaseUrl: DATABASE_URL }),
    storageRoot: STORAGE_ROOT === undefined ? join(stateDir, 'objects') : resolve(root, STORAGE_ROOT),
  };
}
