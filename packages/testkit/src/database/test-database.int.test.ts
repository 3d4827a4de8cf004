import { describe, expect, it } from 'vitest';
import { createTestDatabase, queryValue } from '../index.js';

describe('createTestDatabase', () => {
  it('gives each caller an empty, migrated database of its own', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    expect(one.name).not.toBe(two.name);
    await one.owner.query(`insert into face_models (id, dimension) values ('mine', 1)`);
    expect(await queryValue(two.owner, 'select count(*)::int from face_models')).toBe(0);
    expect(await queryValue(one.gateway, 'select current_user')).toMatch(/^rollcall_gateway_/);
    await one.close();
    await expect(one.close()).rejects.toThrow();
    await two.close();
  });

  it('fails on closing when a client of a pool was not given back', async () => {
    const db = await createTestDatabase();
    const client = await db.gateway.connect();
    client.on('error', () => undefined);
    await expect(db.close()).rejects.toThrow('1 connection(s) of the gateway pool were not given back');
    client.release(true);
    await Promise.all([db.owner.end(), db.gateway.end(), db.system.end()]);
  });

  it('fails on closing when somebody left a connection open, and names it', async () => {
    const { createPool } = await import('@rollcall/postgres');
    const db = await createTestDatabase();
    const pool = createPool({ connectionString: db.systemUrl, applicationName: 'forgetful', onError: () => undefined });
    await pool.query('select 1 as left_behind');
    await expect(db.close()).rejects.toThrow(/forgetful as rollcall_system_\w+, last: select 1 as left_behind/);
    await pool.end();
  });
});
