import { loadConfig, secretSetting, type Environment } from '@rollcall/service-kit';
import { Type, type Static } from '@sinclair/typebox';

/** The environment of integration tests. */
export const testSettings = Type.Object({
  TEST_DATABASE_URL: Type.Optional(
    secretSetting({
      description:
        'A PostgreSQL for the tests, as an account that may create databases and roles; a throwaway one when not set.',
      pattern: '^postgres(ql)?://',
      allowed: 'a URL postgres://…',
    }),
  ),
  ROLLCALL_TEST_PG_BIN: Type.Optional(
    Type.String({
      description: 'Folder with the binaries of the throwaway PostgreSQL; the embedded ones when not set.',
    }),
  ),
});

export type TestConfig = Readonly<Static<typeof testSettings>>;

/** @throws ConfigError that names each wrong variable and what is allowed. */
export function loadTestConfig(env: Environment = process.env): TestConfig {
  return loadConfig(testSettings, env);
}
