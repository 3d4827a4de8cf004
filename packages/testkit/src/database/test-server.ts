import { randomBytes } from 'node:crypto';
import {
  loginRoles,
  migrate,
  newDatabaseSecrets,
  provision,
  startThrowawayCluster,
  urlFor,
  type LoginRoles,
} from '@rollcall/db';
import pg from 'pg';
import type { TestConfig } from '../config.js';

/** A server with a migrated template database; plain data, so that it can be handed to the processes of the test files. */
export interface TestServer {
  /** Of an account that may create and drop databases. */
  readonly adminUrl: string;
  readonly template: string;
  readonly roles: LoginRoles;
}

/** Starts a throwaway PostgreSQL, or takes the one of TEST_DATABASE_URL, and migrates a template database. */
export async function startTestServer(
  config: TestConfig,
): Promise<{ server: TestServer; readonly stop: () => Promise<void> }> {
  const { adminUrl, stop } = await openServer(config);
  const template = `rollcall_template_${randomBytes(4).toString('hex')}`;
  const roles = loginRoles(newDatabaseSecrets());
  try {
    await createDatabase(adminUrl, template);
    const templateUrl = withDatabase(adminUrl, template);
    await provision(templateUrl, roles);
    await migrate(urlFor(templateUrl, roles.owner, 'rollcall_owner'));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    server: { adminUrl, template, roles },
    async stop() {
      await dropDatabase(adminUrl, template);
      await dropRoles(adminUrl, roles);
      await stop();
    },
  };
}

async function openServer(config: TestConfig): Promise<{ adminUrl: string; readonly stop: () => Promise<void> }> {
  const { TEST_DATABASE_URL: existing, ROLLCALL_TEST_PG_BIN: binDir } = config;
  if (existing !== undefined) return { adminUrl: existing, stop: () => Promise.resolve() };
  const cluster = await startThrowawayCluster(binDir === undefined ? {} : { binDir });
  return { adminUrl: cluster.urlOf('postgres'), stop: () => cluster.close() };
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

export async function createDatabase(adminUrl: string, name: string, template = 'template1'): Promise<void> {
  await runAs(adminUrl, `create database ${name} template ${template}`);
  // Rights on the database itself are not cloned. Before the first set-up of a cluster there is nobody to have them.
  await runAs(
    adminUrl,
    `do $$ begin grant create on database ${name} to rollcall_owner, rollcall_scheduler; exception when undefined_object then null; end $$`,
  );
}

export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await runAs(adminUrl, `drop database if exists ${name} with (force)`);
}

async function dropRoles(adminUrl: string, roles: LoginRoles): Promise<void> {
  await runAs(
    adminUrl,
    `drop role if exists ${[roles.owner, roles.gateway, roles.system].map(({ name }) => name).join(', ')}`,
  );
}

async function runAs(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
