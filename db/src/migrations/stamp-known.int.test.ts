import { withOrganization, withTransaction, type ClientBase } from '@rollcall/postgres';
import { buildOrganization, buildUser, createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';

let db: TestDatabase;
let organizationId: string;
let userId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  organizationId = (await buildOrganization(db.owner)).id;
  userId = (await buildUser(db.owner, organizationId)).id;
});
afterAll(() => db.close());

const xidOf = async (client: ClientBase) =>
  (await client.query<{ xid: string }>('select pg_current_xact_id()::text as xid')).rows[0]?.xid;

interface Stamped {
  readonly known_epoch: number;
  readonly known_xid: string;
  readonly withdrawn_xid: string | null;
}

it('an entry is known since the transaction that wrote it, its withdrawal since the one that withdrew it', async () => {
  const id = randomUUID();
  const load = async () => {
    const sql = 'select known_epoch, known_xid::text, withdrawn_xid::text from leaves where id = $1';
    return (await db.owner.query<Stamped>(sql, [id])).rows[0];
  };
  const written = await withOrganization(db.gateway, organizationId, async (client) => {
    await client.query(
      "insert into leaves (id, organization_id, user_id, starts_on, ends_on, kind) values ($1, $2, $3, '2025-03-03', '2025-03-04', 'sick')",
      [id, organizationId, userId],
    );
    return xidOf(client);
  });
  expect(await load()).toEqual({ known_epoch: 1, known_xid: written, withdrawn_xid: null });
  const withdraw = (client: ClientBase) => client.query('update leaves set withdrawn_at = now() where id = $1', [id]);
  const withdrawn = await withOrganization(db.gateway, organizationId, async (client) => {
    await withdraw(client);
    return xidOf(client);
  });
  expect(await load()).toEqual({ known_epoch: 1, known_xid: written, withdrawn_xid: withdrawn });
  // The first withdrawal counts.
  await withOrganization(db.gateway, organizationId, withdraw);
  expect((await load())?.withdrawn_xid).toBe(withdrawn);
});

it('the gateway writes no version and no assignment over', async () => {
  await withTransaction(db.owner, (client) =>
    client.query(
      "insert into policy_versions (id, organization_id, version, valid_from, rules) values ($1, $2, 1, '2025-01-01', '{}')",
      [randomUUID(), organizationId],
    ),
  );
  for (const sql of [
    "update policy_versions set valid_from = '2020-01-01'",
    "update shift_assignments set valid_until = '2020-01-01'",
    "update leaves set known_xid = '1'",
    'delete from organization_versions',
    "update holidays set name = 'X'",
    "update shifts set name = 'X'",
  ]) {
    const writing = withOrganization(db.gateway, organizationId, (client) => client.query(sql));
    await expect(writing, sql).rejects.toThrow('permission denied');
  }
});
