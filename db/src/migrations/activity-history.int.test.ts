import { withOrganization, withTransaction } from '@rollcall/postgres';
import { buildOrganization, buildUser, createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let db: TestDatabase;
let organizationId: string;

beforeAll(async () => {
  db = await createTestDatabase();
  organizationId = (await buildOrganization(db.owner)).id;
});
afterAll(() => db.close());

interface Change {
  readonly is_active: boolean;
  readonly since: Date;
  readonly known_epoch: number;
  readonly known_xid: string;
}

async function changesOf(userId: string): Promise<Change[]> {
  const sql = `select is_active, since, known_epoch, known_xid::text from user_activity_changes
               where organization_id = $1 and user_id = $2 order by id`;
  return (await db.system.query<Change>(sql, [organizationId, userId])).rows;
}

const addUser = async () => (await buildUser(db.owner, organizationId)).id;

describe('when people are active', () => {
  it('is written with the transaction that changes it, and only when it changes', async () => {
    const userId = await addUser();
    const places: string[] = [];
    const set = (words: string) =>
      withOrganization(db.gateway, organizationId, async (client) => {
        await client.query(`update users set ${words} where id = $1`, [userId]);
        const { rows } = await client.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
        places.push(rows[0]?.xid ?? '');
      });
    await set("full_name = 'Ada', is_active = true");
    expect(await changesOf(userId)).toEqual([]);
    await set('is_active = false');
    await set('is_active = false');
    await set('is_active = true');
    await set("is_deleted = true, is_active = false, deleted_at = '2025-03-04T10:00:00Z'");
    const changes = await changesOf(userId);
    expect(changes.map(({ is_active, known_epoch, known_xid }) => [is_active, known_epoch, known_xid])).toEqual([
      [false, 1, places[1]],
      [true, 1, places[3]],
      [false, 1, places[4]],
    ]);
    expect(changes[2]?.since).toEqual(new Date('2025-03-04T10:00:00Z'));
  });

  it('is known of people who are added inactive', async () => {
    const userId = randomUUID();
    await db.owner.query(
      `insert into users (id, organization_id, role_id, full_name, is_active, created_at) values ($1, $2, 3, 'Ben', false, '2025-03-04')`,
      [userId, organizationId],
    );
    expect(await changesOf(userId)).toMatchObject([{ is_active: false, since: new Date('2025-03-04T00:00:00Z') }]);
  });

  it('is nothing that a service writes itself, and nothing of other organizations', async () => {
    const userId = await addUser();
    await db.owner.query('update users set is_active = false where id = $1', [userId]);
    const count = 'select count(*)::int from user_activity_changes where user_id = $1';
    const seenBy = (id: string) =>
      withOrganization(db.gateway, id, async (client) => (await client.query(count, [userId])).rows[0] as unknown);
    expect(await seenBy(organizationId)).toEqual({ count: 1 });
    expect(await seenBy((await buildOrganization(db.owner)).id)).toEqual({ count: 0 });
    for (const sql of ['delete from user_activity_changes', "update user_activity_changes set since = '2020-01-01'"]) {
      await expect(withOrganization(db.gateway, organizationId, (client) => client.query(sql))).rejects.toThrow(
        /permission denied/,
      );
    }
  });
});

describe('what happened before it was kept', () => {
  /** An event with its words, each in a transaction of its own: where the log says it is known. */
  async function tell(userId: string, type: string, isActive: boolean | undefined): Promise<string> {
    const [id, payload] = [randomUUID(), { user_id: userId, changed: ['is_active'] }];
    return withTransaction(db.owner, async (client) => {
      const event = { organization_id: organizationId, id, type, subject: `users/${userId}`, actor: 'user:1' };
      const rest = { correlation_id: randomUUID(), occurred_at: new Date(), payload };
      await client.query('select insert_events($1)', [JSON.stringify([{ ...event, ...rest }])]);
      if (isActive !== undefined) {
        await client.query(
          `insert into audit_details (event_id, organization_id, detail, salt) values ($1, $2, $3, $4)`,
          [...[id, organizationId, { after: { is_active: isActive } }, Buffer.alloc(16)]],
        );
      }
      const { rows } = await client.query<{ xid: string }>('select pg_current_xact_id()::text as xid');
      return rows[0]?.xid ?? '';
    });
  }

  it('is read from the log, where the words are gone as well', async () => {
    const [worded, wordless, removed, added, byHand, always] = await Promise.all([1, 2, 3, 4, 5, 6].map(addUser));
    if (!worded || !wordless || !removed || !added || !byHand || !always) throw new Error('no people');
    const places: string[] = [];
    for (const told of [false, true, false]) places.push(await tell(worded, 'user.updated', told));
    for (let index = 0; index < 3; index += 1) await tell(wordless, 'user.updated', undefined);
    await tell(removed, 'user.updated', undefined);
    await tell(removed, 'user.updated', undefined);
    await tell(removed, 'user.deleted', undefined);
    await tell(added, 'user.created', false);
    await tell(added, 'user.updated', true);
    await tell(always, 'user.created', true);
    const off = 'update users set is_active = false where id = any($1::uuid[])';
    await db.owner.query(off, [[worded, wordless, byHand]]);
    await db.owner.query("update users set is_deleted = true, deleted_at = '2025-03-04' where id = $1", [removed]);
    for (const direction of ['down', 'up']) {
      const file = new URL(`../../migrations/0014_activity.${direction}.sql`, import.meta.url);
      await db.owner.query(await readFile(file, 'utf8'));
    }
    const states = async (userId: string) => (await changesOf(userId)).map(({ is_active }) => is_active);
    expect(await states(worded)).toEqual([false, true, false]);
    expect((await changesOf(worded)).map(({ known_xid }) => known_xid)).toEqual(places);
    expect(await states(wordless)).toEqual([false, true, false]);
    expect(await states(removed)).toEqual([false, true, false]);
    expect((await changesOf(removed))[2]?.since).toEqual(new Date('2025-03-04T00:00:00Z'));
    expect(await states(added)).toEqual([false, true]);
    expect(await changesOf(byHand)).toMatchObject([{ is_active: false, known_epoch: 0, known_xid: '0' }]);
    expect(await states(always)).toEqual([]);
  });
});
