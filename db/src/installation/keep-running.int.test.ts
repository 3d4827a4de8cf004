import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTestConfig, queryValue } from '@rollcall/testkit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openInstallation, type Installation } from './open-installation.js';

let stateDir: string;
let opened: Installation | undefined;
let said: string[];

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'rollcall-keep-running-'));
  said = [];
});
afterEach(async () => {
  await opened?.close();
  opened = undefined;
  await rm(stateDir, { recursive: true, force: true });
});

async function openAndKeep({ durable } = { durable: false }): Promise<Installation> {
  opened = await openInstallation({ stateDir, durable });
  opened.keepRunning((line) => said.push(line));
  return opened;
}

async function ask<Value>(url: string, sql: string): Promise<Value | undefined> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await queryValue<Value>(client, sql);
  } finally {
    await client.end();
  }
}

const answers = (url: string): Promise<boolean> =>
  ask(url, 'select true').then(
    (answer) => answer === true,
    () => false,
  );

/** As the owner: others are not told where the data lies. */
async function killServer({ ownerUrl }: Installation, meanwhile?: (dataDir: string) => Promise<void>): Promise<void> {
  const secrets = await readFile(join(stateDir, 'secrets', 'database.json'), 'utf8');
  const admin = new URL(ownerUrl);
  admin.username = 'postgres';
  admin.password = (JSON.parse(secrets) as { superuser: string }).superuser;
  admin.search = '';
  const dataDir = (await ask<string>(admin.href, 'show data_directory')) ?? '';
  const pid = Number((await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')[0]);
  await meanwhile?.(dataDir);
  process.kill(pid, 'SIGKILL');
}

// These bring a server of their own: with another one for the tests there is nothing new to learn from them.
describe.skipIf(loadTestConfig().ROLLCALL_TEST_PG_BIN !== undefined)('an embedded PostgreSQL that ends', () => {
  it('is started again where it was, with what it held', async () => {
    const installation = await openAndKeep({ durable: true });
    await ask(installation.ownerUrl, `insert into face_models (id, dimension) values ('kept', 1)`);
    await killServer(installation);
    await expect.poll(() => said.length).toBe(2);
    expect(said[0]).toBe('PostgreSQL has ended; it is started again');
    expect(said[1]).toMatch(/^PostgreSQL runs again on port \d+$/);
    expect(await ask(installation.systemUrl, 'select id from face_models')).toBe('kept');
  });

  it('is not made anew where its data is gone, and started once it is back', async () => {
    const installation = await openAndKeep();
    let place = '';
    await killServer(installation, async (dataDir) => {
      place = dataDir;
      await rename(dataDir, `${dataDir}.away`);
    });
    await expect.poll(() => said.at(-1)).toContain(`There is no database in ${place} any more.`);
    await rename(`${place}.away`, place);
    await expect.poll(() => answers(installation.systemUrl)).toBe(true);
  });

  it('along with the process that had started it is started again by who works with it', async () => {
    const script = `import { openInstallation } from '@rollcall/db';
      const installation = await openInstallation({ stateDir: process.argv[1], durable: false });
      process.send('open');
      process.once('message', async () => { await installation.close(); process.disconnect(); });`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script, stateDir], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    await once(owner, 'message');
    const guest = await openAndKeep();
    owner.send('close');
    await once(owner, 'exit');
    await expect.poll(() => said.at(-1)).toMatch(/^PostgreSQL runs again/);
    expect(await answers(guest.systemUrl)).toBe(true);
    await guest.close();
    opened = undefined;
    expect(await answers(guest.systemUrl)).toBe(false);
  });
});
