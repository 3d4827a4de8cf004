import type { TokenPair } from '@rollcall/contracts';
import { buildOrganization, buildUser, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPrincipal, passwordOf, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let admin: BuiltUser;
let organizationId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
  organizationId = (await buildOrganization(database.owner, { slug: 'first' })).id;
  admin = await buildPrincipal(database, organizationId, 'ADMIN', { email: 'admin@example.test' });
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const login = (json: unknown) => gateway.call<TokenPair>('POST', '/v1/auth/login', { json });

async function lastRefusal(): Promise<Record<string, unknown>> {
  const sql = `select e.organization_id, e.payload, d.detail from events as e join audit_details as d on d.event_id = e.id
               where e.type = 'session.refused' order by e.position desc limit 1`;
  const { rows } = await database.owner.query<Record<string, unknown>>(sql);
  return rows[0] ?? {};
}

describe('POST /v1/auth/login', () => {
  it('gives a token that works, and writes the session down', async () => {
    const answer = await login({ email: ' ADMIN@example.test ', password: passwordOf('admin@example.test') });
    expect(answer).toMatchObject({
      status: 200,
      body: { code: 'LOGIN_SUCCEEDED', data: { token_type: 'Bearer', expires_in: 900 } },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const authorization = `Bearer ${answer.body.data.access_token}`;
    const me = await gateway.call('GET', '/v1/auth/me', { headers: { authorization } });
    expect(me.body.data).toMatchObject({ user_id: admin.id, role: 'ADMIN', organization: { slug: 'first' } });
    const { rows } = await database.owner.query(
      `select e.actor, e.payload, d.detail ->> 'address' as address from events as e join audit_details as d on d.event_id = e.id
       where e.type = 'session.started' and e.organization_id = $1`,
      [organizationId],
    );
    expect(rows).toEqual([
      {
        actor: `user:${admin.id}`,
        payload: { user_id: admin.id, role_id: 1, session_id: expect.any(String) as unknown },
        address: '127.0.0.1',
      },
    ]);
  });

  it('answers the same for a wrong password and an unknown address, and writes both down', async () => {
    const wrong = await login({ email: 'admin@example.test', password: 'wrong' });
    expect(await lastRefusal()).toMatchObject({
      organization_id: organizationId,
      payload: { user_id: admin.id, reason: 'wrong_password' },
    });
    const unknown = await login({ email: 'nobody@example.test', password: 'wrong' });
    expect(await lastRefusal()).toMatchObject({
      organization_id: organizationId,
      payload: { user_id: null, reason: 'unknown_user' },
    });
    for (const { status, body } of [wrong, unknown]) {
      expect({ status, code: body.code, message: body.message, errors: body.errors }).toEqual({
        status: 401,
        code: 'INVALID_CREDENTIALS',
        message: 'Email or password is wrong.',
        errors: [],
      });
    }
  });

  it('keeps passwords out of events, details and logs', async () => {
    await login({ email: 'admin@example.test', password: 'do-not-write-me-down' });
    const { rows } = await database.owner.query(
      "select payload::text || (select string_agg(detail::text, '') from audit_details) as text from events",
    );
    expect(JSON.stringify(rows)).not.toContain('do-not-write-me-down');
    expect(JSON.stringify(gateway.log)).not.toContain('do-not-write-me-down');
  });

  it('refuses a password longer than bcrypt looks at, although its beginning is right', async () => {
    const email = 'long@example.test';
    await buildPrincipal(database, organizationId, 'USER', { email });
    const answer = await login({ email, password: passwordOf(email).padEnd(73, 'x') });
    expect(answer).toMatchObject({ status: 401, body: { code: 'INVALID_CREDENTIALS' } });
  });

  it('refuses people without a password, locked out or deleted', async () => {
    const none = await buildUser(database.owner, organizationId, { email: 'none@example.test' });
    expect(await login({ email: none.email, password: 'any' })).toMatchObject({ status: 401 });
    expect(await lastRefusal()).toMatchObject({ payload: { reason: 'no_password' } });
    const locked = await buildPrincipal(database, organizationId, 'USER', { email: 'locked@example.test' });
    await database.owner.query('update users set is_active = false where id = $1', [locked.id]);
    const password = passwordOf('locked@example.test');
    expect(await login({ email: locked.email, password })).toMatchObject({
      status: 401,
      body: { code: 'INVALID_CREDENTIALS' },
    });
    expect(await lastRefusal()).toMatchObject({ payload: { reason: 'inactive' } });
    await database.owner.query('update users set is_active = true, is_deleted = true where id = $1', [locked.id]);
    expect(await login({ email: locked.email, password })).toMatchObject({ status: 401 });
    expect(await lastRefusal()).toMatchObject({ payload: { reason: 'unknown_user' } });
  });

  it.each([
    ['an empty object', {}, ['/email', '/password']],
    ['wrong types', { email: 5, password: ['x'] }, ['/email', '/password']],
    ['an unexpected field', { email: 'a@b.c', password: 'x', role: 'ADMIN' }, ['/role']],
    ['a bad slug', { email: 'a@b.c', password: 'x', organization: '../x' }, ['/organization']],
    ['a password of a novel', { email: 'a@b.c', password: 'x'.repeat(2_000) }, ['/password']],
    ['a NUL character', { email: 'a\0@b.c', password: 'x' }, ['/email']],
    ['half a character', { email: 'a\ud800@b.c', password: 'x' }, ['/email']],
    ['no object', 'login', ['']],
  ])('refuses %s', async (_what, json, paths) => {
    const answer = await login(json);
    expect(answer).toMatchObject({ status: json === 'login' ? 400 : 422 });
    if (json !== 'login') expect(answer.body.errors.map(({ path }) => path)).toEqual(paths);
  });

  it('makes who guesses wait', async () => {
    const email = 'guessed@example.test';
    for (let attempt = 0; attempt < 10; attempt += 1)
      expect((await login({ email, password: 'guess' })).status).toBe(401);
    const answer = await login({ email, password: 'guess' });
    expect(answer).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('tokens', () => {
  const me = (authorization?: string) =>
    gateway.call('GET', '/v1/auth/me', authorization === undefined ? {} : { headers: { authorization } });

  it('are asked for', async () => {
    const answer = await me();
    expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await me('Bearer rubbish')).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('end', async () => {
    const token = gateway.tokenOf(admin, { at: new Date(Date.now() - 3_600_000) });
    expect(await me(`Bearer ${token}`)).toMatchObject({ status: 401, body: { code: 'TOKEN_EXPIRED' } });
  });

  it('are refused once their generation is over, and when their person is gone', async () => {
    const user = await buildPrincipal(database, organizationId, 'USER', { email: 'leaver@example.test' });
    const authorization = `Bearer ${gateway.tokenOf(user)}`;
    expect(await me(authorization)).toMatchObject({ status: 200 });
    await database.owner.query('update users set token_generation = 2 where id = $1', [user.id]);
    expect(await me(authorization)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    await database.owner.query('update users set is_deleted = true where id = $1', [user.id]);
    const newer = gateway.tokenOf(user, { generation: 2 });
    expect(await me(`Bearer ${newer}`)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('do not lead into another organization', async () => {
    const other = await buildOrganization(database.owner);
    const forged = gateway.tokenOf({ ...admin, organizationId: other.id });
    expect(await me(`Bearer ${forged}`)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });
});
