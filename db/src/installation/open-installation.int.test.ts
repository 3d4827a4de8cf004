import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTestConfig, queryValue } from '@rollcall/testkit';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bootstrapInstallation } from '../bootstrap/bootstrap-installation.js';
import { openInstallation, type Installation } from './open-installation.js';

let template: string;
let folder: string;
let stateDir: string;
const opened: Installation[] = [];

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'rollcall-installation-'));
  await (await openInstallation({ stateDir: template, durable: false })).close();
});
afterAll(() => rm(template, { recursive: true, force: true }));
beforeEach(async () => {
  // Closed like root's home, with the installation further down.
  folder = await mkdtemp(join(tmpdir(), 'rollcall-installation-'));
  await chmod(folder, 0o700);
  stateDir = join(folder, 'clone', 'storage');
});
afterEach(async () => {
  for (const installation of opened.splice(0)) await installation.close();
  await rm(folder, { recursive: true, force: true });
});

/** An installation that was made before and does not run. */
const installBefore = (): Promise<void> => cp(template, stateDir, { recursive: true });

async function open(durable = false): Promise<Installation> {
  const installation = await openInstallation({ stateDir, durable });
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

const postmasterFile = (): string => join(stateDir, 'postgres', 'postmaster.pid');
const postmasterPid = async (): Promise<number> => Number((await readFile(postmasterFile(), 'utf8')).split('\n')[0]);

async function closeAll(): Promise<void> {
  for (const installation of opened.splice(0)) await installation.close();
}

// These bring a server of their own: with another one for the tests there is nothing new to learn from them.
const describeEmbedded = describe.skipIf(loadTestConfig().ROLLCALL_TEST_PG_BIN !== undefined);

describeEmbedded('openInstallation with the embedded PostgreSQL', () => {
  it('makes a cluster that is closed to others, and connects services as no superuser', async () => {
    const installation = await open();
    expect(installation.report).toMatchObject({ scheduler: true, epoch: 1, startedEpoch: true });
    for (const url of [installation.ownerUrl, installation.gatewayUrl, installation.systemUrl]) {
      expect(
        await ask(url, 'select rolsuper or rolcreaterole or rolbypassrls from pg_roles where rolname = session_user'),
      ).toBe(false);
    }
    expect(await ask(installation.ownerUrl, 'select current_user')).toBe('rollcall_owner');
    const wrong = new URL(installation.gatewayUrl);
    wrong.password = 'wrong';
    await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
    const hba = await readFile(join(stateDir, 'postgres', 'pg_hba.conf'), 'utf8');
    const methods = hba
      .split('\n')
      .filter((line) => /^(local|host)/.test(line))
      .map((line) => line.trim().split(/\s+/).at(-1));
    expect(new Set(methods)).toEqual(new Set(['scram-sha-256']));
    expect(await ask(installation.systemUrl, `select setting from pg_settings where name = 'listen_addresses'`)).toBe(
      '127.0.0.1',
    );
    expect(
      await ask(
        installation.systemUrl,
        `select datcollate || ' ' || pg_encoding_to_char(encoding) from pg_database where datname = current_database()`,
      ),
    ).toBe('C UTF8');
    expect(await ask(installation.systemUrl, `select setting from pg_settings where name = 'data_checksums'`)).toBe(
      'on',
    );
    const logs = await readFile(join(stateDir, 'postgres.log'), 'utf8');
    expect(logs).not.toMatch(/PANIC|FATAL: {2}(?!password)/);
  });

  it('finds everything again, on the same port, with nothing to do', async () => {
    await installBefore();
    const first = await open();
    await ask(first.ownerUrl, `insert into face_models (id, dimension) values ('kept', 1)`);
    await closeAll();
    const second = await open();
    expect(second.report).toMatchObject({ migrations: [], functions: [], scheduler: false, startedEpoch: false });
    expect(second.systemUrl).toBe(first.systemUrl);
    expect(await ask(second.systemUrl, 'select id from face_models')).toBe('kept');
  });

  it('is shared by whoever opens it, and ended by the one that started it', async () => {
    await installBefore();
    const script = `import { openInstallation } from '@rollcall/db';
      const installation = await openInstallation({ stateDir: process.argv[1], durable: false });
      process.send(installation.systemUrl);
      process.once('message', async () => { await installation.close(); process.disconnect(); });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, stateDir], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [url] = (await once(child, 'message')) as [string];
    const guest = await open();
    expect(guest.systemUrl).toBe(url);
    await closeAll();
    expect(await ask(url, 'select 1')).toBe(1);
    child.send('close');
    await once(child, 'exit');
    await expect(ask(url, 'select 1')).rejects.toThrow();
  });

  it('takes over from a process that was killed, and then ends it', async () => {
    await installBefore();
    const script = `import { openInstallation } from '@rollcall/db';
      const installation = await openInstallation({ stateDir: process.argv[1], durable: false });
      process.send(installation.systemUrl); setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, stateDir], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [url] = (await once(child, 'message')) as [string];
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await ask(url, 'select 1')).toBe(1);
    expect((await open()).systemUrl).toBe(url);
    await closeAll();
    await expect(ask(url, 'select 1')).rejects.toThrow();
  });

  it('comes up after a crash, also when the number in postmaster.pid belongs to somebody else by now', async () => {
    await installBefore();
    await open(true);
    const pid = await postmasterPid();
    const file = await readFile(postmasterFile(), 'utf8');
    process.kill(pid, 'SIGQUIT');
    await closeAll();
    await writeFile(postmasterFile(), file.replace(/^\d+/, String(process.pid)));
    const installation = await open(true);
    expect(await ask(installation.systemUrl, 'select 1')).toBe(1);
    expect(installation.report.startedEpoch).toBe(false);
  });

  it('starts anew after a set-up that broke off in the middle', async () => {
    await mkdir(join(stateDir, 'postgres.99999999.abcd.partial', 'base'), { recursive: true });
    await mkdir(join(stateDir, 'postgres'), { recursive: true });
    expect(await ask((await open()).systemUrl, 'select 1')).toBe(1);
    expect((await readdir(stateDir)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('is opened by two at once', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    expect(two.systemUrl).toBe(one.systemUrl);
    expect([one, two].filter(({ report }) => report.startedEpoch)).toHaveLength(1);
  });

  it('takes another port when the last one is taken', async () => {
    await installBefore();
    const first = await open();
    const port = Number(new URL(first.systemUrl).port);
    await closeAll();
    const { createServer } = await import('node:net');
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    const second = await open();
    expect(Number(new URL(second.systemUrl).port)).not.toBe(port);
    server.close();
  });

  it('says in one line what is in the way', async () => {
    await mkdir(join(stateDir, 'postgres'), { recursive: true });
    await writeFile(join(stateDir, 'postgres', 'PG_VERSION'), '9\n');
    await expect(open()).rejects.toThrow(/^The data in .* was made by PostgreSQL 9, but this is 18: .*\.$/);
    await writeFile(join(stateDir, 'postgres', 'PG_VERSION'), '18\n');
    await expect(open()).rejects.toThrow(/^PostgreSQL did not start on .*: [^\n]+ \(log: [^\n]+\)$/);
    await rm(join(stateDir, 'postgres', 'PG_VERSION'));
    await writeFile(join(stateDir, 'postgres', 'stray'), '');
    await expect(open()).rejects.toThrow(/is in the way/);
  });

  it('works on an existing database, over and over', async () => {
    await installBefore();
    const server = await open();
    const admin = new URL(server.ownerUrl);
    const secrets = JSON.parse(await readFile(join(stateDir, 'secrets', 'database.json'), 'utf8')) as {
      superuser: string;
    };
    admin.username = 'postgres';
    admin.password = secrets.superuser;
    admin.search = '';
    await ask(admin.href, 'create database elsewhere');
    admin.pathname = '/elsewhere';
    const options = { stateDir: join(folder, 'other'), databaseUrl: admin.href };
    const first = await openInstallation(options);
    expect(first.report).toMatchObject({ epoch: 1, startedEpoch: true });
    await first.close();
    const second = await openInstallation(options);
    expect(second.report).toMatchObject({ migrations: [], startedEpoch: false });
    expect(await ask(second.gatewayUrl, 'select current_database()')).toBe('elsewhere');
    expect(new URL(second.gatewayUrl).username).not.toBe(new URL(server.gatewayUrl).username);
    await second.close();
    expect(await ask(server.systemUrl, 'select 1')).toBe(1);
  });
});

describeEmbedded('openInstallation for who is about to accept something', () => {
  it('refuses commits that do not wait for the disk, before it changes anything, and says what to do', async () => {
    await installBefore();
    const admin = new URL((await open()).ownerUrl);
    const secrets = await readFile(join(stateDir, 'secrets', 'database.json'), 'utf8');
    admin.username = 'postgres';
    admin.password = (JSON.parse(secrets) as { superuser: string }).superuser;
    admin.search = '';
    await ask(admin.href, 'create database "Else where"');
    admin.pathname = '/Else%20where';
    const said: string[] = [];
    const log = (line: string): number => said.push(line);
    const options = { stateDir: join(folder, 'other'), databaseUrl: admin.href, requireDurable: true, log };
    // The server of these tests forgets, as somebody sets it who wants it quick.
    const refusal = await openInstallation(options).then(
      () => '',
      (error: unknown) => (error as Error).message,
    );
    expect(refusal).toContain('do not wait for the disk');
    const remedies = refusal.split('\n').slice(1);
    expect(remedies).toHaveLength(3);
    expect(await ask(admin.href, `select to_regclass('public.events') is null`)).toBe(true);
    for (const remedy of remedies) await ask(admin.href, remedy);
    const opened = await openInstallation(options);
    await opened.close();
    expect(opened.report).toMatchObject({ epoch: 1, startedEpoch: true });
    expect(said).toContain('This server may lose its data when the machine stops: fsync and full_page_writes off');
  });
});

describeEmbedded('bootstrapInstallation', () => {
  it('makes organization, administrator and rules once, with valid events and a password that is told once', async () => {
    await installBefore();
    const { ownerUrl } = await open();
    const answers = await Promise.all([1, 2].map(() => bootstrapInstallation(ownerUrl, { timezone: 'Europe/Berlin' })));
    const made = answers.find(({ created }) => created);
    const found = answers.find(({ created }) => !created);
    expect(made).toMatchObject({ created: true, email: 'admin@rollcall.local' });
    expect(made?.password).toMatch(/^[A-Za-z2-9]{24}$/);
    expect(found).toEqual({ created: false, email: 'admin@rollcall.local', organizationId: made?.organizationId });
    expect(await ask(ownerUrl, 'select count(*)::int from organizations')).toBe(1);
    expect(await ask(ownerUrl, `select rules ->> 'timezone' from policy_versions`)).toBe('Europe/Berlin');
    expect(await ask(ownerUrl, 'select array_agg(type order by position) from events')).toEqual([
      'organization.created',
      'user.created',
    ]);
    expect(await ask(ownerUrl, 'select count(*)::int from audit_details join events on event_id = events.id')).toBe(2);
    const { compare } = await import('bcryptjs');
    const hash = await ask<string>(ownerUrl, 'select password_hash from users');
    expect(await compare(made?.password ?? '', hash ?? '')).toBe(true);
  });
});
