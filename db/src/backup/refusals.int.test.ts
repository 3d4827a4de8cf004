import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTestConfig } from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openInstallation } from '../installation/open-installation.js';
import { noteUnfinished } from '../installation/unfinished-restore.js';
import { backUpInstallation } from './backup-installation.js';
import { restoreInstallation } from './restore-installation.js';

let folder: string;
let stateDir: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-backup-'));
  stateDir = join(folder, 'state');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const backUp = (target: string) =>
  backUpInstallation({ stateDir, storageRoot: join(stateDir, 'objects'), folder: target, now: new Date() });
const restore = (from: string, into: string, more: { replace?: boolean; databaseUrl?: string } = {}) =>
  restoreInstallation({
    ...{ stateDir: into, storageRoot: join(into, 'objects'), folder: from, now: new Date(), replace: false },
    ...more,
  });

// It brings a server of its own.
describe.skipIf(loadTestConfig().ROLLCALL_TEST_PG_BIN !== undefined)('a backup or restore that cannot be', () => {
  it('says what is wrong, and leaves what there is as it is', async () => {
    await expect(backUp(join(folder, 'nothing'))).rejects.toThrow('There is no installation');
    await (await openInstallation({ stateDir, durable: false })).close();
    const backup = join(folder, 'backup');
    await backUp(backup);
    await expect(backUp(backup)).rejects.toThrow('not empty');

    const elsewhere = join(folder, 'elsewhere');
    await expect(restore(backup, stateDir)).rejects.toThrow('--replace');
    await expect(restore(folder, elsewhere)).rejects.toThrow('is no backup');
    await expect(restore(backup, elsewhere, { databaseUrl: 'postgres://x@127.0.0.1:1/x' })).rejects.toThrow(
      'without DATABASE_URL',
    );
    const manifest = join(backup, 'backup.json');
    const text = await readFile(manifest, 'utf8');
    await writeFile(manifest, text.replace(/"migration": "[^"]*"/, '"migration": "9999_future"'));
    await expect(restore(backup, elsewhere)).rejects.toThrow('newer Rollcall');
    await writeFile(manifest, text.replace(/"postgres_version": \d+/, '"postgres_version": 17'));
    await expect(restore(backup, elsewhere)).rejects.toThrow('is of PostgreSQL 17');
    await writeFile(manifest, text);
    await appendFile(join(backup, 'objects.tar'), 'x');
    await expect(restore(backup, elsewhere)).rejects.toThrow('objects.tar is damaged');
    // Nothing half-made is left behind.
    expect((await readdir(elsewhere)).filter((name) => name !== 'event-log-epoch')).toEqual([]);
  });

  it('is not started when it was broken off before its new epoch', async () => {
    const broken = join(folder, 'broken');
    await mkdir(broken);
    await noteUnfinished(broken);
    await expect(openInstallation({ stateDir: broken })).rejects.toThrow('run it again');
  });
});
