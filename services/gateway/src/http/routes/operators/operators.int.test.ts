import type { OperatorOut } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let admin: BuiltUser;
let operator: BuiltUser;
let stranger: BuiltUser;

const PATH = '/v1/admin/operator';
const grace = { full_name: 'Grace Hopper', email: 'Grace@example.test', password: 'a-long-enough-password' };

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  const { id } = await buildOrganization(database.owner);
  admin = await buildPrincipal(database, id, 'ADMIN');
  operator = await buildPrincipal(database, id, 'OPERATOR');
  stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const create = (json: unknown, as = admin, headers: Record<string, string> = {}) =>
  gateway.call<OperatorOut>('POST', PATH, { as, json, headers });
const patch = (id: string, json: unknown, as = admin, ifMatch = '"1"') =>
  gateway.call<OperatorOut>('PATCH', `${PATH}/${id}`, { as, json, headers: { 'if-match': ifMatch } });
const remove = (id: string, as = admin, ifMatch = '"1"') =>
  gateway.call('DELETE', `${PATH}/${id}`, { as, headers: { 'if-match': ifMatch } });
const get = (id: string, as = admin) => gateway.call<OperatorOut>('GET', `${PATH}/${id}`, { as });
const anotherAdmin = () =>
  buildPrincipal(database, admin.organizationId, 'ADMIN', { email: `second-${admin.id}@example.test` });

describe('operators', () => {
  it('are added, sign in, are listed, changed and removed', async () => {
    const made = await create(grace);
    expect(made).toMatchObject({
      status: 201,
      body: { code: 'OPERATOR_CREATED', data: { role: 'OPERATOR', email: 'grace@example.test', is_active: true } },
    });
    const { operator_id: id } = made.body.data;
    expect(made.headers.get('location')).toBe(`${PATH}/${id}`);
    expect(made.headers.get('etag')).toBe('"1"');
    const { email, password } = grace;
    const organization = `org-${admin.organizationId}`;
    const login = () => gateway.call('POST', '/v1/auth/login', { json: { email, password, organization } });
    expect(await login()).toMatchObject({ status: 200 });
    const listed = await gateway.call<OperatorOut[]>('GET', `${PATH}?search=hopper`, { as: admin });
    expect(listed.body.data.map(({ operator_id }) => operator_id)).toEqual([id]);
    const promoted = await patch(id, { role: 'ADMIN' });
    expect(promoted).toMatchObject({ status: 200, body: { data: { role: 'ADMIN', version: 2 } } });
    expect(await remove(id, admin, promoted.headers.get('etag') ?? '')).toMatchObject({ status: 200 });
    expect(await get(id)).toMatchObject({ status: 404 });
    expect(await login()).toMatchObject({ status: 401 });
  });

  it('are for admins alone', async () => {
    expect(await create(grace, operator)).toMatchObject({ status: 403 });
    expect(await gateway.call('GET', PATH, { as: operator })).toMatchObject({ status: 403 });
    expect(await patch(operator.id, { role: 'ADMIN' }, operator)).toMatchObject({ status: 403 });
    expect(await remove(admin.id, operator)).toMatchObject({ status: 403 });
  });

  it('are not there for other organizations, and people without a role are no operators', async () => {
    const { user_id: person } = (
      await gateway.call<{ user_id: string }>('POST', '/v1/ops/user', { as: admin, json: { full_name: 'Person' } })
    ).body.data;
    for (const [id, as] of [
      [operator.id, stranger],
      [person, admin],
    ] as const) {
      expect(await get(id, as)).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
      expect(await patch(id, { full_name: 'X' }, as)).toMatchObject({ status: 404 });
      expect(await remove(id, as)).toMatchObject({ status: 404 });
    }
    const listed = await gateway.call<OperatorOut[]>('GET', PATH, { as: admin });
    expect(listed.body.data.map(({ operator_id }) => operator_id).toSorted()).toEqual(
      [admin.id, operator.id].toSorted(),
    );
  });

  it.each([
    [{ ...grace, role: 'USER' }, '/role'],
    [{ ...grace, email: undefined }, '/email'],
    [{ ...grace, password: 'short' }, '/password'],
    [{ ...grace, password: '🔑'.repeat(30) }, '/password'],
  ])('refuse %j', async (json, path) => {
    expect(await create(json)).toMatchObject({ status: 422, body: { errors: [{ path }] } });
  });

  it('are added once for one idempotency key, and another role is another call', async () => {
    const headers = { 'idempotency-key': 'op-1' };
    const answers = await Promise.all([create(grace, admin, headers), create(grace, admin, headers)]);
    expect(new Set(answers.map(({ body }) => body.data.operator_id)).size).toBe(1);
    expect(await create({ ...grace, role: 'ADMIN' }, admin, headers)).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
  });
});

describe('the last admin', () => {
  it.each([
    ['be demoted', () => patch(admin.id, { role: 'OPERATOR' })],
    ['become a plain person', () => patch(admin.id, { role: 'USER' })],
    ['be switched off', () => patch(admin.id, { is_active: false })],
    ['be removed', () => remove(admin.id)],
    [
      'be removed as a person',
      () => gateway.call('DELETE', `/v1/ops/user/${admin.id}`, { as: admin, headers: { 'if-match': '"1"' } }),
    ],
  ])('cannot %s', async (_what, attempt) => {
    expect(await attempt()).toMatchObject({ status: 409, body: { code: 'LAST_ADMIN' } });
    expect(await get(admin.id)).toMatchObject({ status: 200, body: { data: { role: 'ADMIN', is_active: true } } });
  });

  it('is not saved by one who cannot sign in', async () => {
    const second = await anotherAdmin();
    await database.owner.query('update users set password_hash = null where id = $1', [second.id]);
    expect(await remove(admin.id)).toMatchObject({ status: 409, body: { code: 'LAST_ADMIN' } });
    await database.owner.query('update users set is_active = false where id = $1', [second.id]);
    expect(await patch(admin.id, { role: 'USER' })).toMatchObject({ status: 409 });
  });

  it('may go once there is another', async () => {
    const second = await anotherAdmin();
    expect(await patch(admin.id, { role: 'OPERATOR' }, second)).toMatchObject({ status: 200 });
    expect(await remove(second.id, second)).toMatchObject({ status: 409 });
  });

  it('is one of two who demote each other at once, every time', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { id } = await buildOrganization(database.owner);
      const one = await buildPrincipal(database, id, 'ADMIN', { email: `one-${id}@example.test` });
      const two = await buildPrincipal(database, id, 'ADMIN', { email: `two-${id}@example.test` });
      const gone = round % 2 === 0 ? { role: 'USER' } : { is_active: false };
      const answers = await Promise.all([patch(two.id, gone, one), patch(one.id, gone, two)]);
      // The second finds that it is an admin no longer (or already signed out).
      const [first, second] = answers.map(({ status }) => status).toSorted();
      expect(first).toBe(200);
      expect([401, 403, 409]).toContain(second);
      const left = await database.owner.query(
        'select from users where organization_id = $1 and role_id = 1 and is_active and not is_deleted',
        [id],
      );
      expect(left.rowCount).toBe(1);
    }
  });
});
