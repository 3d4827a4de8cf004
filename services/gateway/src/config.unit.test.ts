import { describe, expect, it } from 'vitest';
import { loadGatewayConfig } from './config.js';

const env = { DATABASE_URL: 'postgres://rollcall@localhost/rollcall', SECRET_KEY: 'x'.repeat(32) };

describe('loadGatewayConfig', () => {
  it('needs a database and a secret key, and has a default for the rest', () => {
    expect(loadGatewayConfig(env)).toMatchObject({ PORT: 8000, CORS_ORIGINS: [], ACCESS_TOKEN_EXPIRE_MINUTES: 15 });
    expect(() => loadGatewayConfig({})).toThrow(/DATABASE_URL[^]*SECRET_KEY/);
  });

  it('refuses a secret key that is too short, without showing it', () => {
    const load = () => loadGatewayConfig({ ...env, SECRET_KEY: 'short-secret' });
    expect(load).toThrow(/SECRET_KEY/);
    expect(load).not.toThrow(/short-secret/);
  });

  it('reads the origins as a list', () => {
    const origins = 'https://a.example, https://b.example';
    expect(loadGatewayConfig({ ...env, CORS_ORIGINS: origins }).CORS_ORIGINS).toEqual([
      'https://a.example',
      'https://b.example',
    ]);
  });
});
