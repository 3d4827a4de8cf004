import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTestConfig, queryValue } from '@rollcall/testkit';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newDatabaseSecrets } from './database-secrets.js';
import { openInstallation, type Installation } from './open-installation.js';

let template: string;
let folder: string;
let stateDir: string;
const opened: Installation[] = [];

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'rollcall-existing-'));
  await (await openInstallation({ stateDir: template, durable: false })).close();
});
afterAll(() => rm(template, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-existing-'));
  stateDir = join(folder, 'storage');
});
afterEach(async () => {
  for (const installation of opened.splice(0)) await installation.close();
  await rm(folder, { recursive: true, force: true });
});

/** An installation that was made before, without an organization, and does not run. */
const installBefore = (): Promise<void> => cp(template, stateDir, { recursive: true });

async function open(databaseUrl?: string): Promise<Installation> {
  const given = databaseUrl === undefined ? {} : { databaseUrl };
  const installation = await openInstallation({ stateDir, durable: false, existing: true, ...given });
  opened.push(installation);
  return installation;
}

async function ask<Value>(url: string, sql: string): Promise<Value | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await queryValue<Value>(client, sql);
  } finally {
    await client.end();
  }
}

/** The installation's database, as the server's administrator. */
async function administratorOf({ ownerUrl }: Installation): Promise<string> {
  const text = await readFile(join(stateDir, 'secrets', 'database.json'), 'utf8');
  const url = new URL(ownerUrl);
  url.username = 'postgres';
  url.password = (JSON.parse(text) as { superuser: string }).superuser;
  url.search = '';
  return url.href;
}

// These bring a server of their own: with another one for the tests there is nothing new to learn from them.
const describeEmbedded = describe.skipIf(loadTestConfig().ROLLCALL_TEST_PG_BIN !== undefined);

describeEmbedded('openInstallation of one that has to be there', () => {
  it('opens it', async () => {
    await installBefore();
    expect(await ask((await open()).systemUrl, 'select current_database()')).toBe('rollcall');
  });

  it('makes nothing where there is none', async () => {
    await expect(open()).rejects.toThrow(`There is no installation in ${stateDir}`);
    await expect(open('postgres://127.0.0.1:1/rollcall')).rejects.toThrow('There is no installation');
    expect(await readdir(folder)).toEqual([]);
  });

  it('makes no database for secrets whose data is gone', async () => {
    await installBefore();
    await rm(join(stateDir, 'postgres'), { recursive: true });
    await expect(open()).rejects.toThrow('There is no installation');
    expect(await readdir(stateDir)).not.toContain('postgres');
  });

  it('gives no roles to a database that is not its own', async () => {
    await installBefore();
    const administrator = await administratorOf(await open());
    const countRoles = 'select count(*)::int from pg_roles';
    const before = await ask(administrator, countRoles);
    stateDir = join(folder, 'other');
    await mkdir(join(stateDir, 'secrets'), { recursive: true });
    await writeFile(join(stateDir, 'secrets', 'database.json'), JSON.stringify(newDatabaseSecrets()));
    await expect(open(administrator)).rejects.toThrow(`not that of the installation in ${stateDir}`);
    expect(await ask(administrator, countRoles)).toBe(before);
  });
});

describeEmbedded('the commands about an installation', () => {
  async function run(program: string): Promise<{ code: number | null; said: string }> {
    const file = fileURLToPath(new URL(`../../dist/${program}`, import.meta.url));
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], STATE_DIR: stateDir, DATABASE_URL: '' };
    const child = spawn(process.execPath, [file], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  }

  it.each(['ledger/ledger-cli.js', 'audit/verify-audit-cli.js'])('%s makes none where there is none', async (name) => {
    const { code, said } = await run(name);
    expect(said).toContain(`There is no installation in ${stateDir}`);
    expect(code).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  it('ledger does not say that all is well where there is no organization', async () => {
    await installBefore();
    const { code, said } = await run('ledger/ledger-cli.js');
    expect(said).toContain('there is no organization yet');
    expect(code).toBe(2);
  });
});
