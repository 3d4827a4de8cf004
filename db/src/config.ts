import { loadConfig, secretSetting, type Environment } from '@rollcall/service-kit';
import { Type, type Static } from '@sinclair/typebox';

/** The environment of the `db` commands. */
export const databaseSettings = Type.Object({
  DATABASE_URL: Type.Optional(
    secretSetting({
      description: 'An existing PostgreSQL, version 15 or newer; the embedded one when not set.',
      pattern: '^postgres(ql)?://',
      allowed: 'a URL postgres://…',
    }),
  ),
  STATE_DIR: Type.String({
    default: './storage',
    description: 'Folder of the installation: the embedded database and the secrets.',
  }),
  STORAGE_ROOT: Type.Optional(
    Type.String({
      description: 'Folder of photos, frames and face crops; `objects` in the state folder when not set.',
    }),
  ),
});

export type DatabaseConfig = Readonly<Static<typeof databaseSettings>>;

/** @throws ConfigError that names each wrong variable and what is allowed. */
export function loadDatabaseConfig(env: Environment): DatabaseConfig {
  return loadConfig(databaseSettings, env);
}
