import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadOrCreateSecrets } from './database-secrets.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-secrets-'));
  file = join(folder, 'secrets', 'database.json');
});
afterEach(() => rm(folder, { recursive: true }));

describe('loadOrCreateSecrets', () => {
  it('creates random passwords that only the owner can read, and finds them again', async () => {
    const secrets = await loadOrCreateSecrets(file);
    const { suffix, ...passwords } = secrets;
    expect(suffix).toMatch(/^[0-9a-f]{8}$/);
    expect(new Set(Object.values(passwords)).size).toBe(4);
    for (const password of Object.values(passwords)) expect(password.length).toBeGreaterThanOrEqual(32);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'secrets'))).mode & 0o777).toBe(0o700);
    expect(await loadOrCreateSecrets(file)).toEqual(secrets);
  });

  it('gives the same to all that start at once, and leaves no half file', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateSecrets(file)));
    expect(new Set(all.map((secrets) => JSON.stringify(secrets))).size).toBe(1);
    expect(await readdir(join(folder, 'secrets'))).toEqual(['database.json']);
  });

  it('says in one line when the file is damaged, and does not replace it', async () => {
    await loadOrCreateSecrets(file);
    await writeFile(file, '{"suffix": "00000000"');
    await expect(loadOrCreateSecrets(file)).rejects.toThrow(/^The database passwords in .* are damaged: .*\.$/);
  });
});
