import { defaultNotificationRules, type NotificationOut, type NotificationRulesOut } from '@rollcall/contracts';
import { ringEvents } from '@rollcall/event-log';
import { withTransaction } from '@rollcall/postgres';
import {
  buildOrganization,
  createTestDatabase,
  queryValue,
  type BuiltUser,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type Answer, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
let admin: BuiltUser;
let user: BuiltUser;
let stranger: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});
beforeEach(async () => {
  const { id } = await buildOrganization(database.owner);
  operator = await buildPrincipal(database, id, 'OPERATOR');
  admin = await buildPrincipal(database, id, 'ADMIN');
  user = await buildPrincipal(database, id, 'USER');
  stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
});
afterAll(async () => {
  await gateway.close();
  await database.close();
});

async function notify(to: { userId?: string; roleId?: number }, type: string): Promise<string> {
  const id = uuidV7();
  await withTransaction(database.system, async (client) => {
    await client.query(
      `insert into notifications (epoch, id, organization_id, user_id, role_id, type, subject, event_id, created_at)
       values (current_epoch(), $1, $2, $3, $4, $5, 'users/x', $1, now())`,
      [id, operator.organizationId, to.userId ?? null, to.roleId ?? null, type],
    );
    await ringEvents(client);
  });
  return id;
}

const list = (as: BuiltUser, query = '') => gateway.call<NotificationOut[]>('GET', `/v1/notifications${query}`, { as });
const typesOf = (answer: Answer<NotificationOut[]>) => answer.body.data.map(({ type }) => type);
const unread = async (as: BuiltUser) =>
  (await gateway.call<{ unread: number }>('GET', '/v1/notifications/unread-count', { as })).body.data.unread;

/** Somebody's notifications: they become readable once older transactions of the cluster have ended. */
async function read(as: BuiltUser, count: number): Promise<NotificationOut[]> {
  const found: NotificationOut[] = [];
  let after = '';
  while (found.length < count) {
    const page = await list(as, `?wait=5&limit=1${after}`);
    found.push(...page.body.data);
    after = `&after=${page.body.meta.next_cursor ?? ''}`;
  }
  return [...found, ...(await list(as, `?${after.slice(1)}`)).body.data];
}

describe('GET /v1/notifications', () => {
  it('shows each person theirs and those to their role or a lower one, in order', async () => {
    await notify({ userId: user.id }, 'own.note');
    await notify({ roleId: 2 }, 'operator.note');
    await notify({ roleId: 1 }, 'admin.note');
    await notify({ roleId: 3 }, 'everybody.note');
    const types = async (as: BuiltUser, count: number) => (await read(as, count)).map(({ type }) => type);
    expect(await types(user, 2)).toEqual(['own.note', 'everybody.note']);
    expect(await types(operator, 2)).toEqual(['operator.note', 'everybody.note']);
    expect(await types(admin, 3)).toEqual(['operator.note', 'admin.note', 'everybody.note']);
    expect(typesOf(await list(stranger))).toEqual([]);
  });

  it('waits for the first, of one’s own and no other', async () => {
    const start = (await list(operator)).body.meta.next_cursor ?? '';
    const waiting = [list(operator, `?wait=30&after=${start}`), list(admin, '?wait=30')];
    await notify({ userId: user.id }, 'of.somebody_else');
    await notify({ roleId: 2 }, 'operator.note');
    for (const answer of await Promise.all(waiting)) expect(typesOf(answer)).toEqual(['operator.note']);
  });
});

describe('reading notifications', () => {
  it('is each one’s own mark, and the first time stays', async () => {
    const id = await notify({ roleId: 2 }, 'operator.note');
    await read(operator, 1);
    expect([await unread(operator), await unread(admin), await unread(user)]).toEqual([1, 1, 0]);
    const path = `/v1/notifications/${id}/read`;
    const first = await gateway.call<NotificationOut>('POST', path, { as: operator });
    expect(first.body.data).toMatchObject({ notification_id: id });
    expect(first.body.data.read_at).not.toBeNull();
    const again = await gateway.call<NotificationOut>('POST', path, { as: operator });
    expect(again.body.data.read_at).toBe(first.body.data.read_at);
    expect([await unread(operator), await unread(admin)]).toEqual([0, 1]);
    expect((await list(operator)).body.data[0]?.read_at).toBe(first.body.data.read_at);
    expect((await list(admin)).body.data[0]?.read_at).toBeNull();
  });

  it('of somebody else’s, another organization’s or none answers 404', async () => {
    const id = await notify({ userId: user.id }, 'own.note');
    await read(user, 1);
    for (const as of [operator, admin, stranger]) {
      const answer = await gateway.call('POST', `/v1/notifications/${id}/read`, { as });
      expect(answer).toMatchObject({ status: 404, body: { code: 'NOTIFICATION_NOT_FOUND' } });
    }
    expect(await gateway.call('POST', `/v1/notifications/${uuidV7()}/read`, { as: user })).toMatchObject({
      status: 404,
    });
    expect(await gateway.call('POST', '/v1/notifications/x/read', { as: user })).toMatchObject({ status: 422 });
    expect(await unread(user)).toBe(1);
  });

  it('all of them goes up to a cursor and no further', async () => {
    for (const type of ['a.note', 'b.note', 'c.note']) await notify({ roleId: 2 }, type);
    const notifications = await read(operator, 3);
    const readAll = (up_to: string, as = operator) =>
      gateway.call('POST', '/v1/notifications/read-all', { as, json: { up_to } });
    const second = notifications[1]?.cursor ?? '';
    expect((await readAll(second)).body.data).toEqual({ marked: 2, unread: 1 });
    expect((await readAll(second)).body.data).toEqual({ marked: 0, unread: 1 });
    expect(await unread(admin)).toBe(3);
    expect((await readAll(second, stranger)).body.data).toEqual({ marked: 0, unread: 0 });
    expect(await readAll('rubbish')).toMatchObject({ status: 422, body: { code: 'INVALID_CURSOR' } });
    const twice = await Promise.all([1, 2].map(() => readAll(notifications[2]?.cursor ?? '')));
    expect(twice.map(({ status }) => status)).toEqual([200, 200]);
    expect(await unread(operator)).toBe(0);
  });
});

describe('/v1/admin/notification-rules', () => {
  const path = '/v1/admin/notification-rules';
  const change = (json: unknown, tag?: string, as = admin) =>
    gateway.call<NotificationRulesOut>('PATCH', path, {
      as,
      json,
      ...(tag === undefined ? {} : { headers: { 'if-match': tag } }),
    });

  it('are the defaults until somebody changes them, and then what was changed', async () => {
    const before = await gateway.call<NotificationRulesOut>('GET', path, { as: admin });
    expect(before.body.data).toMatchObject({ version: 0, rules: defaultNotificationRules });
    expect(before.headers.get('etag')).toBe('"0"');
    const after = await change({ 'attendance.late': { to_role: null }, 'device.silent': { after_minutes: 30 } }, '"0"');
    expect(after.headers.get('etag')).toBe('"1"');
    expect(after.body.data.rules).toEqual({
      ...defaultNotificationRules,
      'attendance.late': { to_role: null, to_person: true },
      'device.silent': { to_role: 'OPERATOR', after_minutes: 30 },
    });
    expect((await gateway.call('GET', path, { as: admin })).body.data).toEqual(after.body.data);
    const detail = await queryValue(
      database.system,
      `select d.detail from events e join audit_details d on d.event_id = e.id
       where e.type = 'notification_rules.changed' and e.organization_id = $1`,
      [admin.organizationId],
    );
    expect(detail).toMatchObject({
      before: { 'attendance.late': { to_role: 'OPERATOR' } },
      after: { 'attendance.late': { to_role: null }, 'device.silent': { after_minutes: 30 } },
    });
    expect((await gateway.call('GET', path, { as: stranger })).body.data).toMatchObject({ version: 0 });
  });

  it('are changed only by who has read them last', async () => {
    const patch = { 'review.waiting': { to_role: 'ADMIN' } };
    expect(await change(patch)).toMatchObject({ status: 428 });
    expect(await change(patch, '"7"')).toMatchObject({ status: 412 });
    const both = await Promise.all([change(patch, '"0"'), change(patch, '"0"')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  });

  it.each([
    {},
    { 'no.such_kind': { to_role: null } },
    { 'attendance.late': { to_role: 'USER' } },
    { 'attendance.late': { to_role: 'OPERATOR', extra: 1 } },
    { 'review.waiting': { to_person: true } },
    { 'device.silent': { after_minutes: 0 } },
    [],
  ])('take no rubbish: %o', async (patch) => {
    expect(await change(patch, '"0"')).toMatchObject({ status: 422 });
  });

  it('are for admins', async () => {
    for (const as of [operator, user]) {
      expect(await gateway.call('GET', path, { as })).toMatchObject({ status: 403 });
      expect(await change({ 'review.waiting': { to_role: null } }, '"0"', as)).toMatchObject({ status: 403 });
    }
  });
});
