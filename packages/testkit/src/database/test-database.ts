import { randomBytes } from 'node:crypto';
import { urlFor } from '@rollcall/db';
import { createPool, type Pool } from '@rollcall/postgres';
import pg from 'pg';
import { createDatabase, dropDatabase, withDatabase, type TestServer } from './test-server.js';

/** A migrated, empty database of its own, seen as each of the roles. */
export interface TestDatabase {
  readonly name: string;
  /** Acts as rollcall_owner. */
  readonly ownerUrl: string;
  readonly gatewayUrl: string;
  readonly systemUrl: string;
  /** Of the server's administrator: for looking behind the scenes only. */
  readonly adminUrl: string;
  readonly owner: Pool;
  readonly gateway: Pool;
  readonly system: Pool;
  /**
   * Ends the pools and drops the database.
   *
   * @throws Error when a connection is still open or checked out: somebody forgot to give it back.
   */
  close(): Promise<void>;
}

/** How long connections that are on their way out may take, ms. */
const LEAK_PATIENCE_MS = 5_000;

/** Clones the template of the server. */
export async function cloneDatabase({ adminUrl, template, roles }: TestServer): Promise<TestDatabase> {
  const name = `rollcall_test_${randomBytes(6).toString('hex')}`;
  await createDatabase(adminUrl, name, template);
  const url = withDatabase(adminUrl, name);
  const ownerUrl = urlFor(url, roles.owner, 'rollcall_owner');
  const [gatewayUrl, systemUrl] = [urlFor(url, roles.gateway), urlFor(url, roles.system)];
  const poolFor = (connectionString: string): Pool =>
    createPool({ connectionString, applicationName: 'rollcall-test', max: 8, onError: () => undefined });
  const pools = { owner: poolFor(ownerUrl), gateway: poolFor(gatewayUrl), system: poolFor(systemUrl) };
  return {
    ...{ name, ownerUrl, gatewayUrl, systemUrl, adminUrl: url },
    ...pools,
    async close() {
      const leaks = Object.entries(pools)
        .map(([role, pool]) => ({ role, count: pool.totalCount - pool.idleCount }))
        .filter(({ count }) => count > 0)
        .map(({ role, count }) => `${count} connection(s) of the ${role} pool were not given back`);
      // Ending a pool waits for what is checked out, which nobody gives back any more.
      if (leaks.length === 0) await Promise.all(Object.values(pools).map((pool) => pool.end()));
      leaks.push(...(leaks.length === 0 ? await findOpenConnections(adminUrl, name) : []));
      await dropDatabase(adminUrl, name);
      if (leaks.length > 0) throw new Error(`the test leaves connections behind: ${leaks.join('; ')}`);
    },
  };
}

async function findOpenConnections(adminUrl: string, name: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const deadline = Date.now() + LEAK_PATIENCE_MS;
  try {
    for (;;) {
      const sql = `
        select application_name as application, usename as role, left(query, 80) as query from pg_stat_activity
        where datname = $1 and backend_type = 'client backend'`;
      const { rows } = await client.query<{ application: string; role: string; query: string }>(sql, [name]);
      if (rows.length === 0) return [];
      if (Date.now() > deadline) {
        return rows.map(({ application, role, query }) => `${application || 'unnamed'} as ${role}, last: ${query}`);
      }
      await new Promise((next) => setTimeout(next, 20));
    }
  } finally {
    await client.end();
  }
}
