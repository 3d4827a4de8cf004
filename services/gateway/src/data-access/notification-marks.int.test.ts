import type { Cursor } from '@rollcall/event-log';
import { withOrganization, withTransaction, type ClientBase } from '@rollcall/postgres';
import {
  buildOrganization,
  buildUser,
  createTestDatabase,
  queryValue,
  waitUntil,
  type TestDatabase,
} from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NotificationRow, Recipient } from '../feeds/notification-feed.js';
import { countUnread, markAllRead } from './notification-marks.js';
import { markRead, readNotifications } from './notifications.js';

const PAST_EVERYTHING: Cursor = { epoch: 32_767, xid: '0', position: '0' };

let db: TestDatabase;
let organizationId: string;
let operator: Recipient;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  organizationId = (await buildOrganization(db.owner)).id;
  operator = { userId: (await buildUser(db.owner, organizationId, { roleId: 2 })).id, roleId: 2 };
});

const inScope = <Result>(work: (client: ClientBase) => Promise<Result>) =>
  withOrganization(db.gateway, organizationId, work);
const unread = (of = operator) => inScope((client) => countUnread(client, of));
const readAll = (upTo = PAST_EVERYTHING, of = operator) => inScope((client) => markAllRead(client, of, upTo));
const readOne = (row: NotificationRow | undefined, of = operator) =>
  inScope((client) => markRead(client, of, row?.notification.notification_id ?? ''));
const list = (of = operator): Promise<NotificationRow[]> =>
  inScope((client) => readNotifications(client, { ...of, after: { epoch: 0, xid: '0', position: '0' }, limit: 200 }));

/** Notifications to a role, or to the operator alone, readable when this resolves. */
async function notify(count: number, roleId: number | null = 2): Promise<void> {
  const xid = await withTransaction(db.system, async (client) => {
    await client.query(
      `insert into notifications (epoch, id, organization_id, user_id, role_id, type, subject, event_id, created_at)
       select current_epoch(), gen_random_uuid(), $1, $2, $3, 'a.note', 'users/x', gen_random_uuid(), now()
       from generate_series(1, $4::integer)`,
      [organizationId, roleId === null ? operator.userId : null, roleId, count],
    );
    return queryValue<string>(client, 'select pg_current_xact_id()::text');
  });
  const sql = 'select $1::text::xid8 < pg_snapshot_xmin(pg_current_snapshot())';
  await waitUntil('they can be read', async () => (await queryValue<boolean>(db.system, sql, [xid])) === true);
}

/** Rows of tables that this work looks at. */
async function rowsLookedAt(work: (client: ClientBase) => Promise<unknown>): Promise<number> {
  return inScope(async (client) => {
    // What the connection has counted and not handed on yet, of earlier transactions too.
    const counted = async () =>
      (await queryValue<number>(
        client,
        `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::integer from pg_stat_xact_user_tables
         where relname like 'notification%'`,
      )) ?? 0;
    const before = await counted();
    await work(client);
    return (await counted()) - before;
  });
}

describe('what is read', () => {
  it('is what was read singly and what a mark covers; the first time stays', async () => {
    await notify(5);
    const before = await list();
    await readOne(before[3]);
    expect(await unread()).toBe(4);
    const readAt = (await list())[3]?.notification.read_at;
    expect(await readAll(before[1]?.key)).toBe(2);
    expect(await unread()).toBe(2);
    const marked = (await list())[0]?.notification.read_at;
    expect(await readAll()).toBe(2);
    const after = (await list()).map(({ notification }) => notification.read_at);
    expect(after).toEqual([marked, marked, expect.any(String), readAt, expect.any(String)]);
    expect((await readOne(before[0]))?.read_at).toBe(marked);
    expect([await readAll(), await unread()]).toEqual([0, 0]);
  });

  it('is marked by one of two calls at once', async () => {
    await notify(3);
    const marked = await Promise.all([readAll(), readAll()]);
    expect(marked.toSorted()).toEqual([0, 3]);
  });

  it('does not hold what commits later, although it stands before the place that was named', async () => {
    await notify(1);
    await withTransaction(db.system, async (slow) => {
      await slow.query(
        `insert into notifications (epoch, id, organization_id, role_id, type, subject, event_id, created_at)
         values (current_epoch(), gen_random_uuid(), $1, 2, 'a.slow_note', 'users/x', gen_random_uuid(), now())`,
        [organizationId],
      );
      expect(await readAll()).toBe(1);
    });
    await waitUntil('it can be read', async () => (await list()).length === 2);
    expect(await unread()).toBe(1);
  });

  it('is nothing of a role that somebody is given later', async () => {
    await notify(2, 1);
    await notify(3, 3);
    await notify(1, null);
    expect(await readAll()).toBe(4);
    const asAdmin = { ...operator, roleId: 1 };
    expect(await unread(asAdmin)).toBe(2);
    expect(await readAll(PAST_EVERYTHING, asAdmin)).toBe(2);
    expect([await unread(asAdmin), await unread()]).toEqual([0, 0]);
  });
});

describe('old notifications', () => {
  it('cost nothing once they are read, 100,000 of them', async () => {
    await notify(60_000);
    await notify(40_000, null);
    expect(await unread()).toBe(1_000);
    expect(await readAll()).toBe(100_000);
    await db.owner.query('vacuum analyze notifications');
    await notify(3);
    expect(await unread()).toBe(3);
    expect(await rowsLookedAt((client) => countUnread(client, operator))).toBeLessThan(50);
    expect(await rowsLookedAt((client) => markAllRead(client, operator, PAST_EVERYTHING))).toBeLessThan(50);
    expect(await unread()).toBe(0);
  });

  it('cost nothing when they were read one after the other', async () => {
    for (const role of [1, 3]) await notify(1_000, role);
    await readAll();
    await notify(10_000);
    await inScope((client) =>
      client.query(
        `insert into notification_reads (notification_id, organization_id, user_id)
         select id, organization_id, $1 from notifications as n where n.role_id = 2
         order by n.epoch, n.xid, n.position limit 9999`,
        [operator.userId],
      ),
    );
    await db.owner.query('vacuum analyze notifications, notification_reads');
    const last = await inScope((client) =>
      queryValue<string>(client, 'select id from notifications order by epoch desc, xid desc, position desc limit 1'),
    );
    // The first call after that moves the mark over all of them.
    await inScope((client) => markRead(client, operator, last ?? ''));
    await notify(2);
    expect(await unread()).toBe(2);
    expect(await rowsLookedAt((client) => countUnread(client, operator))).toBeLessThan(50);
  });
});
