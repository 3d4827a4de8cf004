import { randomBytes } from 'node:crypto';
import { createTestDatabase, loadTestConfig } from '@rollcall/testkit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startThrowawayCluster, type ThrowawayCluster } from '../cluster/throwaway-cluster.js';
import { migrate } from '../migrations/migrate.js';
import { newDatabaseSecrets } from './database-secrets.js';
import { loginRoles, urlFor, type LoginRoles } from './login-roles.js';
import { isProvisioned, provision, ProvisioningRequiredError } from './provision.js';

// Roles belong to the whole cluster, and to whoever made them.
let cluster: ThrowawayCluster;
let roles: LoginRoles;
let database: string;

beforeEach(async () => {
  const { ROLLCALL_TEST_PG_BIN: binDir } = loadTestConfig();
  cluster = await startThrowawayCluster(binDir === undefined ? {} : { binDir });
  roles = loginRoles(newDatabaseSecrets());
  database = `own_${randomBytes(4).toString('hex')}`;
});
afterEach(() => cluster.close());

async function run(sql: string, url = cluster.urlOf('postgres')): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

/** An account of the server as an administrator hands it out, with a database of its own. */
async function account(rights: string): Promise<string> {
  const name = `account_${database}`;
  await run(`create role ${name} login ${rights} password 'secret'`);
  await run(`create database ${database} owner ${name} template template0`);
  const url = new URL(cluster.urlOf(database));
  url.username = name;
  url.password = 'secret';
  return url.href;
}

async function expectToWork(databaseUrl: string): Promise<void> {
  expect(await isProvisioned(databaseUrl, roles)).toBe(true);
  const ownerUrl = urlFor(databaseUrl, roles.owner, 'rollcall_owner');
  expect((await migrate(ownerUrl)).epoch).toBe(1);
  expect((await run('select count(*)::int from users', urlFor(databaseUrl, roles.gateway))).rows).toEqual([
    { count: 0 },
  ]);
  expect((await run('select count(*)::int from users', urlFor(databaseUrl, roles.system))).rows).toEqual([
    { count: 0 },
  ]);
}

describe('provision', () => {
  it('makes roles and rights with an account that owns the database and may create roles', async () => {
    const url = await account('createrole');
    expect(await isProvisioned(url, roles)).toBe(false);
    await provision(url, roles);
    await expectToWork(url);
    // Again, as after a change of the passwords' file.
    await provision(url, roles);
    expect(await isProvisioned(url, roles)).toBe(true);
  });

  it('tells an account without the right what an administrator has to run, without a password in it', async () => {
    const url = await account('nocreaterole');
    const error: unknown = await provision(url, roles).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProvisioningRequiredError);
    const { sql, message } = error as ProvisioningRequiredError;
    expect(message).toContain(sql);
    for (const { password } of [roles.owner, roles.gateway, roles.system]) expect(message).not.toContain(password);
    await run(sql, cluster.urlOf(database));
    await expectToWork(url);
  });

  it('tells an account that may create roles but does not own the database the same', async () => {
    await account('createrole');
    const other = `other_${database}`;
    await run(`create role ${other} login createrole password 'secret'`);
    const url = new URL(cluster.urlOf(database));
    url.username = other;
    url.password = 'secret';
    await expect(provision(url.href, roles)).rejects.toThrow(ProvisioningRequiredError);
  });

  it('bounds the sessions of services, by a transaction time-out where the server has it', async () => {
    const url = await account('createrole');
    await provision(url, roles);
    const settings = await run(
      `select name, setting from pg_settings where name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout') order by name`,
      urlFor(url, roles.gateway),
    );
    expect(settings.rows).toEqual([
      { name: 'idle_in_transaction_session_timeout', setting: '15000' },
      { name: 'statement_timeout', setting: '30000' },
      ...(cluster.majorVersion >= 17 ? [{ name: 'transaction_timeout', setting: '120000' }] : []),
    ]);
  });

  it('says in one line that a server cannot be reached', async () => {
    await expect(isProvisioned('postgres://nobody@127.0.0.1:1/none', roles)).rejects.toThrow(
      /^Cannot connect to PostgreSQL: .*ECONNREFUSED/,
    );
  });

  it('lets no service act as another or as the owner', async () => {
    const db = await createTestDatabase();
    for (const pool of [db.gateway, db.system]) {
      await expect(pool.query('set role rollcall_owner')).rejects.toThrow('permission denied');
      await expect(pool.query('create table mine (id int)')).rejects.toThrow('permission denied');
    }
    await expect(db.gateway.query('set role rollcall_system')).rejects.toThrow('permission denied');
    await expect(db.gateway.query('set role rollcall_scheduler')).rejects.toThrow('permission denied');
    await db.close();
  });
});
