import type { TokenPair, UserDeleted, UserOut } from '@rollcall/contracts';
import {
  buildFace,
  buildOrganization,
  buildUser,
  createTestDatabase,
  type BuiltUser,
  type TestDatabase,
} from '@rollcall/testkit';
import { newId } from '@rollcall/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, passwordOf, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let admin: BuiltUser;
let operator: BuiltUser;
let stranger: BuiltUser;
let person: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  // Long-lived memory: what stops at once must not stop only because nothing is remembered.
  gateway = await startTestGateway(database, { options: { cacheTtlMs: 60_000 } });
});

beforeEach(async () => {
  const { id } = await buildOrganization(database.owner);
  admin = await buildPrincipal(database, id, 'ADMIN');
  operator = await buildPrincipal(database, id, 'OPERATOR');
  person = await buildPrincipal(database, id, 'USER');
  stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const patch = (user: { id: string }, json: unknown, as = operator, ifMatch = '"1"') =>
  gateway.call<UserOut>('PATCH', `/v1/ops/user/${user.id}`, { as, json, headers: { 'if-match': ifMatch } });
const remove = (user: { id: string }, as = operator, ifMatch = '"1"') =>
  gateway.call<UserDeleted>('DELETE', `/v1/ops/user/${user.id}`, { as, headers: { 'if-match': ifMatch } });
const get = (user: { id: string }, as = operator) => gateway.call<UserOut>('GET', `/v1/ops/user/${user.id}`, { as });
const me = (as: BuiltUser) => gateway.call('GET', '/v1/auth/me', { as });

async function trailOf(userId: string) {
  const { rows } = await database.owner.query<{ type: string; actor: string; payload: unknown; detail: object }>(
    `select e.type, e.actor, e.payload, d.detail from events as e join audit_details as d on d.event_id = e.id
     where e.subject = $1 order by e.position`,
    [`users/${userId}`],
  );
  return rows;
}

describe('PATCH /v1/ops/user/{user_id}', () => {
  it('changes what is named and says the next version', async () => {
    const before = await get(person);
    expect(before.headers.get('etag')).toBe('"1"');
    const answer = await patch(person, { full_name: ' Zoë\u0308 Ørsted ', department: '研究', employee_code: 'E-7' });
    expect(answer).toMatchObject({
      status: 200,
      body: { data: { full_name: 'Zoë\u0308 Ørsted', department: '研究', employee_code: 'E-7', version: 2 } },
    });
    expect(answer.headers.get('etag')).toBe('"2"');
    expect((await get(person)).body.data).toEqual(answer.body.data);
    const taken = await patch(person, { employee_code: null, department: null }, operator, '"2"');
    expect(taken.body.data).toMatchObject({ employee_code: null, department: null, full_name: 'Zoë\u0308 Ørsted' });
  });

  it('keeps a composed and a decomposed name the same', async () => {
    const answer = await patch(person, { full_name: 'Zoe\u0308' });
    expect(answer.body.data.full_name).toBe('Zo\u00eb');
    const found = await gateway.call<UserOut[]>('GET', `/v1/ops/user?search=${encodeURIComponent('zoe\u0308')}`, {
      as: operator,
    });
    expect(found.body.data.map(({ user_id }) => user_id)).toEqual([person.id]);
  });

  it('wants the version that was read', async () => {
    const json = { full_name: 'A' };
    const path = `/v1/ops/user/${person.id}`;
    expect(await gateway.call('PATCH', path, { as: operator, json })).toMatchObject({
      status: 428,
      body: { code: 'PRECONDITION_REQUIRED' },
    });
    for (const [version, status, code] of [
      ['"2"', 412, 'PRECONDITION_FAILED'],
      ['W/"1"', 412, 'PRECONDITION_FAILED'],
      ['*', 428, 'PRECONDITION_REQUIRED'],
      ['1', 422, 'VALIDATION_FAILED'],
    ] as const) {
      expect(await patch(person, json, operator, version), version).toMatchObject({ status, body: { code } });
    }
  });

  it('lets one of two win who read the same', async () => {
    const answers = await Promise.all([patch(person, { full_name: 'A' }), patch(person, { full_name: 'B' })]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    expect((await get(person)).body.data.version).toBe(2);
  });

  it('leaves version and trail alone when nothing differs', async () => {
    const answer = await patch(person, { full_name: person.fullName, role: 'USER' });
    expect(answer).toMatchObject({ status: 200, body: { data: { version: 1 } } });
    expect(await trailOf(person.id)).toEqual([]);
  });

  it('writes before and after into the trail, and no password', async () => {
    await patch(person, { full_name: 'New Name', password: 'another-long-password' });
    expect(await trailOf(person.id)).toMatchObject([
      {
        type: 'user.updated',
        actor: `user:${operator.id}`,
        payload: { user_id: person.id, changed: ['full_name', 'password'] },
        detail: { before: { full_name: person.fullName }, after: { full_name: 'New Name' } },
      },
    ]);
    expect(JSON.stringify(await trailOf(person.id))).not.toContain('another-long-password');
  });

  it.each([
    ['nothing at all', {}, ''],
    ['a field nobody knows', { is_deleted: true }, '/is_deleted'],
    ['no name', { full_name: null }, '/full_name'],
    ['an empty name', { full_name: ' ' }, '/full_name'],
    ['half a surrogate pair', { full_name: 'a\ud800' }, '/full_name'],
    ['a password of too many bytes', { password: 'ä'.repeat(40) }, '/password'],
    ['a role nobody has', { role: 'ROOT' }, '/role'],
    ['a number for a flag', { is_active: 1 }, '/is_active'],
    ['no address, but a password', { email: null }, '/email'],
  ])('refuses %s', async (_what, json, path) => {
    expect(await patch(person, json)).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED', errors: [{ path }] },
    });
    expect((await get(person)).body.data.version).toBe(1);
  });

  it('does not give an email or code twice', async () => {
    await patch(person, { employee_code: 'E-1' });
    const other = await buildUser(database.owner, person.organizationId);
    expect(await patch(other, { email: admin.email?.toUpperCase() })).toMatchObject({
      status: 409,
      body: { code: 'EMAIL_TAKEN' },
    });
    expect(await patch(other, { employee_code: 'E-1' })).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  });
});

describe('who may change whom', () => {
  it('is nobody of another organization', async () => {
    const nobody = { ...person, id: newId() };
    for (const answer of [
      await patch(person, { full_name: 'X' }, stranger),
      await remove(person, stranger),
      await patch(nobody, { full_name: 'X' }),
      await remove(nobody),
    ]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
    }
    expect((await get(person)).status).toBe(200);
  });

  it('is not an operator for operators and admins, themselves among them, nor for roles', async () => {
    for (const target of [admin, operator]) {
      expect(await patch(target, { full_name: 'X' })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
      expect(await remove(target)).toMatchObject({ status: 403 });
    }
    expect(await patch(person, { role: 'OPERATOR' })).toMatchObject({
      status: 403,
      body: { errors: [{ path: '/role' }] },
    });
    expect(await patch(person, { full_name: 'X' }, person)).toMatchObject({ status: 403 });
  });

  it('is an admin for everybody: a person becomes an operator, with an email and a password only', async () => {
    const answer = await patch(person, { role: 'OPERATOR' }, admin);
    expect(answer).toMatchObject({ status: 200, body: { data: { role: 'OPERATOR' } } });
    const nameless = await buildUser(database.owner, person.organizationId);
    expect(await patch(nameless, { role: 'OPERATOR' }, admin)).toMatchObject({
      status: 422,
      body: { errors: [{ path: '/password' }] },
    });
  });
});

describe('tokens', () => {
  it.each([
    ['somebody switched off', () => patch(person, { is_active: false })],
    ['somebody with a new password', () => patch(person, { password: 'another-long-password' })],
    ['somebody without a password any more', () => patch(person, { password: null })],
    ['somebody with another role', () => patch(person, { role: 'OPERATOR' }, admin)],
    ['somebody removed', () => remove(person)],
  ])('of %s stop at once', async (_what, change) => {
    expect(await me(person)).toMatchObject({ status: 200 });
    expect(await change()).toMatchObject({ status: 200 });
    expect(await me(person)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('stop in other gateways too, without waiting for what they remember', async () => {
    const other = await startTestGateway(database, { options: { cacheTtlMs: 600_000 } });
    const ask = () => other.call('GET', '/v1/auth/me', { as: person });
    await expect.poll(async () => (await ask()).status).toBe(200);
    await patch(person, { is_active: false });
    await expect.poll(async () => (await ask()).status).toBe(401);
    await other.close();
  });

  it('are not refreshed either, and signing in again is refused', async () => {
    const { email, organizationId } = person;
    const json = { email, password: passwordOf(email ?? ''), organization: `org-${organizationId}` };
    const login = () => gateway.call<TokenPair>('POST', '/v1/auth/login', { json });
    const { refresh_token } = (await login()).body.data;
    await patch(person, { is_active: false });
    const refresh = () => gateway.call('POST', '/v1/auth/refresh', { json: { refresh_token } });
    expect(await refresh()).toMatchObject({ status: 401 });
    expect(await login()).toMatchObject({ status: 401 });
    await patch(person, { is_active: true }, operator, '"2"');
    expect(await refresh()).toMatchObject({ status: 401 });
    expect(await login()).toMatchObject({ status: 200 });
  });

  it('of somebody whose name changed go on', async () => {
    await patch(person, { full_name: 'Other' });
    expect(await me(person)).toMatchObject({ status: 200 });
  });

  it('are handed out again with the new password alone', async () => {
    const email = person.email ?? '';
    await patch(person, { password: 'another-long-password' });
    const organization = `org-${person.organizationId}`;
    const login = (password: string) =>
      gateway.call('POST', '/v1/auth/login', { json: { email, password, organization } });
    expect(await login(passwordOf(email))).toMatchObject({ status: 401 });
    expect(await login('another-long-password')).toMatchObject({ status: 200 });
  });
});

describe('DELETE /v1/ops/user/{user_id}', () => {
  it('erases the faces, frees email and code, and leaves a line in the trail', async () => {
    const face = await buildFace(database.owner, person);
    await patch(person, { employee_code: 'E-9' });
    expect(await remove(person, operator, '"1"')).toMatchObject({ status: 412 });
    const answer = await remove(person, operator, '"2"');
    expect(answer).toMatchObject({ status: 200, body: { data: { user_id: person.id, face_ids: [face.id] } } });
    expect(await get(person)).toMatchObject({ status: 404 });
    expect(await remove(person, operator, '"3"')).toMatchObject({ status: 404 });
    const left = await database.owner.query('select from face_embeddings where user_id = $1', [person.id]);
    expect(left.rowCount).toBe(0);
    const again = { full_name: 'Successor', email: person.email, employee_code: 'E-9' };
    expect(await gateway.call('POST', '/v1/ops/user', { as: operator, json: again })).toMatchObject({ status: 201 });
    expect(await trailOf(person.id)).toMatchObject([
      { type: 'user.updated' },
      {
        type: 'user.deleted',
        actor: `user:${operator.id}`,
        payload: { user_id: person.id, face_ids: [face.id] },
        detail: { before: { full_name: person.fullName, employee_code: 'E-9' }, after: null },
      },
    ]);
  });

  it('wants the version, and happens once', async () => {
    expect(await gateway.call('DELETE', `/v1/ops/user/${person.id}`, { as: operator })).toMatchObject({ status: 428 });
    const answers = await Promise.all([remove(person), remove(person), remove(person)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404, 404]);
  });
});

describe('GET /v1/ops/user', () => {
  it('filters by department, activity and role', async () => {
    await patch(person, { department: 'Köln', is_active: false });
    const names = async (query: string) =>
      (await gateway.call<UserOut[]>('GET', `/v1/ops/user?${query}`, { as: operator })).body.data.map(
        ({ user_id }) => user_id,
      );
    expect(await names(`department=${encodeURIComponent('KÖLN')}`)).toEqual([person.id]);
    expect(await names('is_active=false')).toEqual([person.id]);
    expect(await names('is_active=true&role=ADMIN')).toEqual([admin.id]);
    expect(await names('role=OPERATOR&department=K')).toEqual([]);
    for (const query of ['role=ROOT', 'is_active=perhaps', 'department=']) {
      expect(await gateway.call('GET', `/v1/ops/user?${query}`, { as: operator })).toMatchObject({ status: 422 });
    }
  });
});
