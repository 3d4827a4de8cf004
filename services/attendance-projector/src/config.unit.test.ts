import { describe, expect, it } from 'vitest';
import { loadProjectorConfig } from './config.js';

const DATABASE_URL = 'postgres://localhost/rollcall';

describe('the environment', () => {
  it('needs the database only', () => {
    expect(loadProjectorConfig({ DATABASE_URL })).toMatchObject({
      databaseUrl: DATABASE_URL,
      doorbell: true,
      logLevel: 'info',
    });
  });

  it('switches the doorbell off', () => {
    expect(loadProjectorConfig({ DATABASE_URL, DOORBELL: 'off' }).doorbell).toBe(false);
  });

  it.each([
    [{}, 'DATABASE_URL'],
    [{ DATABASE_URL: 'mysql://localhost' }, 'DATABASE_URL'],
    [{ DATABASE_URL, DOORBELL: 'maybe' }, 'DOORBELL'],
    [{ DATABASE_URL, LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
  ])('names what is wrong: %j', (env, name) => {
    expect(() => loadProjectorConfig(env)).toThrow(name);
  });
});
