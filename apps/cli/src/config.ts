import { loadConfig, secretSetting } from '@rollcall/service-kit';
import { Type, type Static } from '@sinclair/typebox';

/** What the `rollcall` command and the demo read from the environment. */
export const cliConfigSchema = Type.Object({
  ROLLCALL_URL: Type.Optional(
    Type.String({
      pattern: '^https?://',
      allowed: 'an http:// or https:// address',
      description:
        'Where Rollcall answers; `http://localhost:8000` when neither this nor a stored login says otherwise.',
    }),
  ),
  ROLLCALL_EMAIL: Type.Optional(
    Type.String({ description: 'Whom to log in as, instead of the login that `rollcall login` stored.' }),
  ),
  ROLLCALL_PASSWORD: Type.Optional(secretSetting({ description: 'The password that goes with `ROLLCALL_EMAIL`.' })),
  ROLLCALL_ORGANIZATION: Type.Optional(
    Type.String({ description: 'The organization to log in to; needed where the installation has several.' }),
  ),
  XDG_CONFIG_HOME: Type.Optional(
    Type.String({
      description: 'Where the stored login is kept, in `rollcall/session.json`; `~/.config` when not set.',
    }),
  ),
});

export type CliConfig = Readonly<Static<typeof cliConfigSchema>>;

export const DEFAULT_URL = 'http://localhost:8000';

/** The settings of this process. @throws ConfigError that names each wrong variable */
export function readConfig(): CliConfig {
  return loadConfig(cliConfigSchema, process.env);
}
