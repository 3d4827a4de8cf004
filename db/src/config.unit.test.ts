import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadDatabaseConfig } from './config.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rollcall-clone-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const settings = (...lines: string[]): Promise<void> => writeFile(join(root, '.env'), lines.join('\n'));

describe('loadDatabaseConfig', () => {
  it('finds the installation that npm start makes without settings', () => {
    const stateDir = join(root, 'storage');
    expect(loadDatabaseConfig({}, root)).toEqual({ stateDir, storageRoot: join(stateDir, 'objects') });
  });

  it('finds the one that .env describes, its folders seen from the clone', async () => {
    await settings('DATABASE_URL=postgres://db.example/rollcall', 'STATE_DIR=../state', 'STORAGE_ROOT=photos');
    expect(loadDatabaseConfig({}, root)).toEqual({
      databaseUrl: 'postgres://db.example/rollcall',
      stateDir: join(root, '../state'),
      storageRoot: join(root, 'photos'),
    });
  });

  it('believes the environment more than .env', async () => {
    await settings('STATE_DIR=/of/the/file', 'STORAGE_ROOT=/photos');
    expect(loadDatabaseConfig({ STATE_DIR: '/of/the/caller', STORAGE_ROOT: '' }, root)).toEqual({
      stateDir: '/of/the/caller',
      storageRoot: '/of/the/caller/objects',
    });
  });

  it('names a wrong line of .env', async () => {
    await settings('DATABASE_URL=mysql://db.example/rollcall');
    expect(() => loadDatabaseConfig({}, root)).toThrow('DATABASE_URL');
  });
});
