import { createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requireSchema } from './require-schema.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

it('takes a database that was set up, and no other', async () => {
  for (const pool of [db.gateway, db.system]) await expect(requireSchema(pool)).resolves.toBeUndefined();
  const elsewhere = new URL(db.adminUrl);
  elsewhere.pathname = '/postgres';
  const client = new pg.Client({ connectionString: elsewhere.href });
  await client.connect();
  await expect(requireSchema(client)).rejects.toThrow('current_epoch');
  await client.end();
  await db.owner.query('delete from log_identity');
  await expect(requireSchema(db.gateway)).rejects.toThrow('no epoch');
});
