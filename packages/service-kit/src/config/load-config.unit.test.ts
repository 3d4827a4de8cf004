import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { loadConfig } from './load-config.js';
import { choiceSetting, listSetting, secretSetting } from './setting-types.js';

const schema = Type.Object({
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8000 }),
  CONFIDENCE_THRESHOLD: Type.Number({ minimum: 0, maximum: 1, default: 0.45 }),
  DETECTOR: choiceSetting(['rfb', 'haar'], { default: 'rfb' }),
  CORS_ORIGINS: listSetting({ default: '' }),
  TRUST_PROXY: Type.Boolean({ default: false }),
  SECRET_KEY: secretSetting({ minLength: 16 }),
  STORAGE_ROOT: Type.Optional(Type.String()),
});

const SECRET_KEY = 'a-secret-of-sixteen-or-more';

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.message);
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('fills in defaults and leaves out what is not set', () => {
    expect(loadConfig(schema, { SECRET_KEY })).toEqual({
      PORT: 8000,
      CONFIDENCE_THRESHOLD: 0.45,
      DETECTOR: 'rfb',
      CORS_ORIGINS: [],
      TRUST_PROXY: false,
      SECRET_KEY,
    });
  });

  it('converts to the types of the schema and ignores other variables', () => {
    const env = { SECRET_KEY, PORT: '0', TRUST_PROXY: 'true', DETECTOR: 'haar', HOME: '/root' };
    const config = loadConfig(schema, { ...env, CORS_ORIGINS: 'https://a.example, https://b.example,' });
    expect(config).toMatchObject({ PORT: 0, TRUST_PROXY: true, DETECTOR: 'haar' });
    expect(config.CORS_ORIGINS).toEqual(['https://a.example', 'https://b.example']);
    expect(config).not.toHaveProperty('HOME');
  });

  it('takes an empty variable as not set', () => {
    expect(loadConfig(schema, { SECRET_KEY, PORT: '', STORAGE_ROOT: ' ' })).toMatchObject({ PORT: 8000 });
    expect(problemsOf({ SECRET_KEY: '' })).toEqual(['SECRET_KEY is not set; allowed: text of at least 16 characters']);
  });

  it('is frozen, lists as well', () => {
    const config = loadConfig(schema, { SECRET_KEY, CORS_ORIGINS: 'https://a.example' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.CORS_ORIGINS)).toBe(true);
  });

  it('names every wrong variable once and says what is allowed', () => {
    expect(
      problemsOf({ SECRET_KEY, PORT: '70000', CONFIDENCE_THRESHOLD: 'high', DETECTOR: 'yolo', TRUST_PROXY: 'yes' }),
    ).toEqual([
      'PORT is "70000"; allowed: a whole number from 0 to 65535',
      'CONFIDENCE_THRESHOLD is "high"; allowed: a number from 0 to 1',
      'DETECTOR is "yolo"; allowed: one of rfb, haar',
      'TRUST_PROXY is "yes"; allowed: true or false',
    ]);
  });

  it('never repeats the value of a secret', () => {
    const [problem] = problemsOf({ SECRET_KEY: 'hunter2' });
    expect(problem).toBe('SECRET_KEY has a value that is not allowed; allowed: text of at least 16 characters');
  });

  it('refuses a schema that gives a secret a default', () => {
    const careless = Type.Object({ SECRET_KEY: Type.String({ secret: true, default: 'changeme' }) });
    expect(() => loadConfig(careless, {})).toThrow(/SECRET_KEY is a secret/);
  });

  it('leaves the schema as it was', () => {
    const before = JSON.stringify(schema);
    loadConfig(schema, { SECRET_KEY });
    expect(JSON.stringify(schema)).toBe(before);
  });
});
