import type { Static, TObject } from '@sinclair/typebox';
import envSchema from 'env-schema';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { describeSettings, type SettingDescription } from './describe-setting.js';
import { ALLOWED, SECRET } from './setting-types.js';

/** The environment as a process sees it (`process.env`). */
export type Environment = Readonly<Record<string, string | undefined>>;

interface SchemaViolation {
  readonly instancePath: string;
  readonly params: { readonly missingProperty?: string };
}

/**
 * Checks the environment against a schema and returns the settings, converted to their types, with defaults filled in,
 * frozen. A variable that is set but empty counts as not set, as in a `.env` file with the value left out.
 *
 * @throws ConfigError that names each wrong variable and what is allowed.
 * @throws TypeError when the schema gives a secret a default: a default secret is one that everybody knows.
 */
export function loadConfig<Schema extends TObject>(schema: Schema, env: Environment): Readonly<Static<Schema>> {
  const settings = describeSettings(schema);
  for (const setting of settings) {
    if (setting.secret && setting.defaultValue !== undefined) {
      throw new TypeError(`${setting.name} is a secret and must not have a default`);
    }
  }
  const given: Record<string, string> = {};
  for (const { name } of settings) {
    const value = env[name];
    if (value !== undefined && value.trim() !== '') given[name] = value;
  }
  const values = validate(schema, settings, given);
  for (const [name, value] of Object.entries(values)) {
    if (!Array.isArray(value)) continue;
    const items = (value as string[]).map((item) => item.trim()).filter((item) => item !== '');
    values[name] = Object.freeze(items);
  }
  return Object.freeze(values);
}

function validate(
  schema: TObject,
  settings: readonly SettingDescription[],
  given: Readonly<Record<string, string>>,
): Record<string, unknown> {
  try {
    return envSchema<Record<string, unknown>>({
      // A copy, because env-schema writes `additionalProperties` into the schema it is given.
      schema: { ...schema },
      data: { ...given },
      env: false,
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the other form the option takes
      ajv: { customOptions: (ajv) => ajv.addVocabulary([SECRET, ALLOWED]) },
    });
  } catch (error) {
    const violations = (error as { errors?: readonly SchemaViolation[] }).errors;
    if (violations === undefined) throw error;
    throw new ConfigError(explain(violations, settings, given));
  }
}

function explain(
  violations: readonly SchemaViolation[],
  settings: readonly SettingDescription[],
  given: Readonly<Record<string, string>>,
): ConfigProblem[] {
  // A union reports one violation per variant: one line a variable is what a reader can use.
  const wrong = new Set(
    violations.map((violation) => violation.params.missingProperty ?? violation.instancePath.slice(1)),
  );
  return settings
    .filter((setting) => wrong.has(setting.name))
    .map((setting) => ({ variable: setting.name, message: `${setting.name} ${describeProblem(setting, given)}` }));
}

function describeProblem(setting: SettingDescription, given: Readonly<Record<string, string>>): string {
  const value = given[setting.name];
  if (value === undefined) return `is not set; allowed: ${setting.allowed}`;
  const shown = setting.secret ? 'has a value that is not allowed' : `is ${JSON.stringify(value)}`;
  return `${shown}; allowed: ${setting.allowed}`;
}
