import {
  buildOrganization,
  createTestDatabase,
  queryValue,
  startHalfOpenProxy,
  type TestDatabase,
} from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, type Pool } from './pool.js';
import { withOrganization, withTransaction } from './transaction.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

async function withPool<Result>(connectionString: string, use: (pool: Pool) => Promise<Result>): Promise<Result> {
  const pool = createPool({ connectionString, applicationName: 'test', max: 1, onError: () => undefined });
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}

const countModels = (): Promise<number | undefined> =>
  queryValue<number>(db.owner, 'select count(*)::int from face_models');
const insertModel = `insert into face_models (id, dimension) values ($1, 1)`;

describe('createPool', () => {
  it('bounds every session, keeps what the URL asks for, and names itself', async () => {
    await withPool(db.ownerUrl, async (pool) => {
      expect(await queryValue(pool, 'select current_user')).toBe('rollcall_owner');
      expect(await queryValue(pool, `select current_setting('statement_timeout')`)).toBe('30s');
      expect(await queryValue(pool, `select current_setting('lock_timeout')`)).toBe('10s');
      expect(await queryValue(pool, `select current_setting('application_name')`)).toBe('test');
    });
    const settings = { statement_timeout: '1min', search_path: 'public, pg_temp' };
    const pool = createPool({
      connectionString: db.systemUrl,
      applicationName: 'test',
      settings,
      onError: () => undefined,
    });
    expect(await queryValue(pool, `select current_setting('statement_timeout')`)).toBe('1min');
    expect(await queryValue(pool, `select current_setting('search_path')`)).toBe('public, pg_temp');
    await pool.end();
  });

  it('reads dates as text, moments as Date, and long numbers without loss', async () => {
    const sql = `select date '2025-03-01' as date, timestamptz '2025-03-01T10:00:00+02' as moment, 9007199254740993::bigint as long,
      '18446744073709551615'::xid8 as xid, array[date '2025-03-01'] as dates`;
    expect((await db.system.query(sql)).rows).toMatchObject([
      {
        date: '2025-03-01',
        moment: new Date('2025-03-01T08:00:00Z'),
        long: '9007199254740993',
        xid: '18446744073709551615',
      },
    ]);
  });
});

describe('a connection that is cut while somebody holds it', () => {
  it('fails the next query of its holder instead of ending the process, and is thrown away', async () => {
    const { port } = new URL(db.systemUrl);
    const proxy = await startHalfOpenProxy({ port: Number(port) });
    await withPool(db.systemUrl.replace(`:${port}/`, `:${proxy.port}/`), async (pool) => {
      const client = await pool.connect();
      await client.query('select 1');
      // Between two queries, as of somebody who holds a lock of the session and works elsewhere.
      const ended = new Promise((resolve) => client.once('end', () => resolve(undefined)));
      proxy.reset();
      await ended;
      await expect(client.query('select 1')).rejects.toThrow();
      client.release();
      expect(pool.totalCount).toBe(0);
      expect(await queryValue(pool, 'select 1')).toBe(1);
    });
    await proxy.close();
  });
});

describe('withTransaction', () => {
  it('stores when the work resolves and nothing when it throws', async () => {
    await withTransaction(db.system, (client) => client.query(insertModel, ['kept']));
    const failing = withTransaction(db.system, async (client) => {
      await client.query(insertModel, ['gone']);
      throw new Error('first');
    });
    await expect(failing).rejects.toThrow('first');
    expect(await queryValue(db.owner, 'select array_agg(id) from face_models')).toEqual(['kept']);
  });

  it('tells the first error when the connection dies, not that of the rollback, and throws the connection away', async () => {
    const { port } = new URL(db.systemUrl);
    const proxy = await startHalfOpenProxy({ port: Number(port) });
    await withPool(db.systemUrl.replace(`:${port}/`, `:${proxy.port}/`), async (pool) => {
      const failing = withTransaction(pool, async (client) => {
        await client.query('select 1');
        const broken = new Promise((resolve) => client.once('error', resolve));
        proxy.reset();
        await broken;
        throw new Error('first');
      });
      await expect(failing).rejects.toThrow('first');
      expect(pool.totalCount).toBe(0);
      expect(await queryValue(pool, 'select 1')).toBe(1);
    });
    await proxy.close();
  });

  it('does not say stored when a swallowed error inside kept it from being stored', async () => {
    const before = await countModels();
    const swallowing = withTransaction(db.system, async (client) => {
      await client.query(insertModel, ['swallowed']);
      await client.query('select 1/0').catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow('nothing was stored');
    expect(await countModels()).toBe(before);
  });

  it('gives the connection back clean after an error', async () => {
    await withPool(db.systemUrl, async (pool) => {
      await expect(withTransaction(pool, (client) => client.query('select 1/0'))).rejects.toThrow('division by zero');
      expect(await queryValue(pool, 'select 1')).toBe(1);
      expect(pool.totalCount).toBe(1);
    });
  });

  it('ends a transaction that is forgotten open, and the process lives on', async () => {
    const settings = { idle_in_transaction_session_timeout: '50ms' };
    const pool = createPool({
      connectionString: db.systemUrl,
      applicationName: 'test',
      settings,
      onError: () => undefined,
    });
    const forgotten = withTransaction(pool, async (client) => {
      await new Promise((resolve) => client.once('error', resolve));
      await client.query('select 1');
    });
    await expect(forgotten).rejects.toThrow();
    await pool.end();
  });
});

describe('withOrganization', () => {
  it('holds for the transaction and not for the connection', async () => {
    const { id } = await buildOrganization(db.owner);
    await withPool(db.gatewayUrl, async (pool) => {
      const seen = await withOrganization(pool, id, (client) => queryValue(client, 'select id from organizations'));
      expect(seen).toBe(id);
      expect(await queryValue(pool, 'select current_organization_id()')).toBeNull();
      expect(await queryValue(pool, 'select count(*)::int from organizations')).toBe(0);
      await expect(withOrganization(pool, id, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
      expect(await queryValue(pool, 'select current_organization_id()')).toBeNull();
    });
  });

  it('takes nothing but a uuid, because it goes into the statement', async () => {
    for (const id of ['', `'; drop table users; --`, '0198c0de-7a11-7c00-8000-00000000000a\n', 'x'.repeat(36)]) {
      await expect(withOrganization(db.gateway, id, () => Promise.resolve())).rejects.toThrow(TypeError);
    }
  });
});
