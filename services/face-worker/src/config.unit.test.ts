import { availableParallelism } from 'node:os';
import { isAbsolute } from 'node:path';
import { ConfigError } from '@rollcall/service-kit';
import { describe, expect, it } from 'vitest';
import { loadFaceWorkerConfig } from './config.js';

const DATABASE_URL = 'postgres://worker:secret@localhost/rollcall';

describe('loadFaceWorkerConfig', () => {
  it('needs a database and nothing else', () => {
    const config = loadFaceWorkerConfig({ DATABASE_URL });
    expect(config).toMatchObject({
      detector: 'rfb',
      embedder: 'model',
      production: true,
      embeddingDimension: 512,
      confidenceThreshold: undefined,
      children: availableParallelism(),
      leaseSeconds: 10,
      doorbell: true,
    });
    expect(config.idMapPath).toBe(config.indexPath);
    expect(isAbsolute(config.storageRoot)).toBe(true);
  });

  it('names each wrong variable', () => {
    const env = { DATABASE_URL, DETECTOR: 'eyes', CONFIDENCE_THRESHOLD: '45', CLAIM_LEASE_SECONDS: '0' };
    expect(() => loadFaceWorkerConfig(env)).toThrow(ConfigError);
    expect(() => loadFaceWorkerConfig(env)).toThrow(/DETECTOR[^]*CONFIDENCE_THRESHOLD[^]*CLAIM_LEASE_SECONDS/);
  });

  it('gives children no secret and no channel of its own', () => {
    const env = {
      DATABASE_URL,
      SECRET_KEY: 'x',
      SECRET_KEY_PREVIOUS: 'x',
      PGPASSWORD: 'y',
      NODE_CHANNEL_FD: '3',
      PATH: '/bin',
      UNSET: undefined,
    };
    expect(loadFaceWorkerConfig(env).childEnvironment).toEqual({ PATH: '/bin' });
  });
});
