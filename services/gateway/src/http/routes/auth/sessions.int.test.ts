import type { LoggedOut, TokenPair } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, passwordOf, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let organizationId: string;
let user: BuiltUser;
let now = new Date();
let people = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database, { options: { clock: { now: () => now } } });
  organizationId = (await buildOrganization(database.owner)).id;
});

beforeEach(async () => {
  now = new Date();
  people += 1;
  user = await buildPrincipal(database, organizationId, 'OPERATOR', { email: `person-${people}@example.test` });
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const wait = (seconds: number) => (now = new Date(now.getTime() + seconds * 1_000));
const post = <Data>(path: string, json: unknown, headers: Record<string, string> = {}) =>
  gateway.call<Data>('POST', path, { json, headers });
const refresh = (token: string) => post<TokenPair>('/v1/auth/refresh', { refresh_token: token });
const logout = (token: string, extra: object = {}) =>
  post<LoggedOut>('/v1/auth/logout', { refresh_token: token, ...extra });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const me = async (accessToken: string) =>
  (await gateway.call('GET', '/v1/auth/me', { headers: bearer(accessToken) })).status;

async function login(password = passwordOf(user.email ?? '')): Promise<TokenPair> {
  const answer = await post<TokenPair>('/v1/auth/login', { email: user.email, password });
  expect(answer.status).toBe(200);
  return answer.body.data;
}

async function refreshed(token: string): Promise<TokenPair> {
  const answer = await refresh(token);
  expect(answer).toMatchObject({ status: 200, body: { code: 'SESSION_REFRESHED' } });
  return answer.body.data;
}

/** What the present person's sessions left in the log, each with its words. */
async function eventsOf(id: string): Promise<unknown[]> {
  const { rows } = await database.owner.query<{ text: string }>(
    `select e.type || coalesce(' ' || (e.payload ->> 'reason'), '') as text
     from events as e join audit_details as d on d.event_id = e.id and d.detail ? 'request_id'
     where e.subject = 'users/' || $1 order by e.epoch, e.xid, e.position`,
    [id],
  );
  return rows.map(({ text }) => text);
}

describe('POST /v1/auth/refresh', () => {
  it('gives a new pair for each token, and says how long both are good', async () => {
    const first = await login();
    expect(first).toMatchObject({ expires_in: 900, refresh_expires_in: 14 * 86_400 });
    wait(600);
    const second = await refreshed(first.refresh_token);
    wait(600);
    const third = await refreshed(second.refresh_token);
    expect(third.user).toMatchObject({ user_id: user.id, role: 'OPERATOR' });
    expect(await me(third.access_token)).toBe(200);
    expect(new Set([first, second, third].map(({ refresh_token }) => refresh_token)).size).toBe(3);
    expect(await eventsOf(user.id)).toEqual(['session.started', 'session.refreshed', 'session.refreshed']);
  });

  it('keeps no refresh token, and writes none down', async () => {
    const { refresh_token } = await login();
    await refreshed(refresh_token);
    const { rows } = await database.owner.query<{ text: string }>(
      `select t::text as text from refresh_tokens as t union all select e::text from events as e union all select d::text from audit_details as d`,
    );
    expect(rows.filter(({ text }) => text.includes(refresh_token.slice(3)))).toEqual([]);
    expect(JSON.stringify(gateway.log)).not.toContain(refresh_token.slice(3));
  });

  it('ends the session when a used token comes again, for whoever holds what', async () => {
    const stolen = await login();
    const owners = await refreshed(stolen.refresh_token);
    wait(11);
    const next = await refreshed(owners.refresh_token);
    expect(await refresh(stolen.refresh_token)).toMatchObject({ status: 401, body: { code: 'TOKEN_REUSED' } });
    expect(await refresh(next.refresh_token)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(await me(next.access_token)).toBe(401);
    expect(await me(stolen.access_token)).toBe(401);
    expect((await eventsOf(user.id)).slice(-2)).toEqual([
      'session.refresh_refused reused',
      'session.refresh_refused revoked',
    ]);
    // Only that session: the owner's other window goes on.
    expect(await me((await login()).access_token)).toBe(200);
  });

  it('ends the session at once when its successor is in use, however soon the old token comes', async () => {
    const stolen = await login();
    const owners = await refreshed(stolen.refresh_token);
    await refreshed(owners.refresh_token);
    expect(await refresh(stolen.refresh_token)).toMatchObject({ status: 401, body: { code: 'TOKEN_REUSED' } });
  });

  it('gives the same successor to many that refresh at once: no fork and nobody thrown out', async () => {
    const { refresh_token } = await login();
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(refresh_token)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    const [successor, ...others] = new Set(answers.map(({ body }) => body.data.refresh_token));
    expect(others).toEqual([]);
    await refreshed(successor ?? '');
    const { rows } = await database.owner.query<{ count: string }>(
      `select count(*) from refresh_tokens where user_id = $1`,
      [user.id],
    );
    expect(rows).toEqual([{ count: '3' }]);
  });

  it('never lets a session outlive its end, whichever of refreshing and signing out is first', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { refresh_token } = await login();
      const [answer] = await Promise.all([refresh(refresh_token), logout(refresh_token)]);
      const left = answer.status === 200 ? [answer.body.data] : [];
      for (const pair of left) {
        expect(await refresh(pair.refresh_token)).toMatchObject({ status: 401 });
        expect(await me(pair.access_token)).toBe(401);
      }
    }
  });

  it('refuses a token that was not used for too long, and a session that is too old', async () => {
    const first = await login();
    wait(14 * 86_400);
    expect(await refresh(first.refresh_token)).toMatchObject({ status: 401, body: { code: 'TOKEN_EXPIRED' } });
    let pair = await login();
    for (let week = 0; week < 12; week += 1) {
      wait(7 * 86_400);
      pair = await refreshed(pair.refresh_token);
    }
    expect(pair.refresh_expires_in).toBe(6 * 86_400);
    wait(6 * 86_400);
    expect(await refresh(pair.refresh_token)).toMatchObject({ status: 401, body: { code: 'TOKEN_EXPIRED' } });
  });

  it.each([
    ['was deleted', 'update users set is_deleted = true where id = $1', 'inactive'],
    ['was locked out', 'update users set is_active = false where id = $1', 'inactive'],
    ['was signed out everywhere', 'update users set token_generation = token_generation + 1 where id = $1', 'outdated'],
  ])('refuses the token of somebody who %s', async (_what, sql, reason) => {
    const { refresh_token, access_token } = await login();
    await database.owner.query(sql, [user.id]);
    expect(await refresh(refresh_token)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect((await eventsOf(user.id)).at(-1)).toBe(`session.refresh_refused ${reason}`);
    expect(await me(access_token)).toBe(401);
  });

  it('gives somebody who was demoted the role they have now', async () => {
    const { refresh_token, access_token } = await login();
    await database.owner.query('update users set role_id = 3 where id = $1', [user.id]);
    const pair = await refreshed(refresh_token);
    expect(pair.user.role).toBe('USER');
    for (const token of [access_token, pair.access_token]) {
      const answer = await gateway.call('GET', '/v1/ops/user', { headers: bearer(token) });
      expect(answer).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    }
  });

  it.each(['rubbish', 'rt_'.padEnd(46, 'x'), 'rt_\0', `${'rt_'.padEnd(46, 'x')}' or 1=1`])(
    'refuses %j and writes that down for the installation',
    async (token) => {
      const answer = await refresh(token);
      if (token.includes('\0')) expect(answer.status).toBe(422);
      else {
        expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
        const { rows } = await database.owner.query(
          `select organization_id, payload ->> 'reason' as reason from events where type = 'session.refresh_refused' order by epoch desc, xid desc, position desc limit 1`,
        );
        expect(rows).toEqual([{ organization_id: '00000000-0000-0000-0000-000000000000', reason: 'unknown' }]);
      }
    },
  );

  it.each([
    ['refreshes', refresh],
    ['signs out', logout],
  ])('makes who %s with one old token again and again wait, and writes no more down of it', async (_what, send) => {
    const { refresh_token } = await login();
    await logout(refresh_token);
    const before = (await eventsOf(user.id)).length;
    const statuses: number[] = [];
    await database.owner.query('delete from sign_in_attempts');
    for (let attempt = 0; attempt < 103; attempt += 1) statuses.push((await send(refresh_token)).status);
    await database.owner.query('delete from sign_in_attempts');
    expect(statuses.slice(0, 100)).not.toContain(429);
    expect(statuses.slice(100)).toEqual([429, 429, 429]);
    expect((await eventsOf(user.id)).length - before).toBe(100);
  });

  it('takes no access token for a refresh token, and no refresh token for an access token', async () => {
    const { access_token, refresh_token } = await login();
    expect(await refresh(access_token)).toMatchObject({ status: 422 });
    expect(await me(refresh_token)).toBe(401);
  });
});

describe('POST /v1/auth/logout', () => {
  it('ends one session and no other', async () => {
    const [here, there] = [await login(), await login()];
    expect(await logout(here.refresh_token)).toMatchObject({ status: 200, body: { data: { signed_out: true } } });
    expect(await me(here.access_token)).toBe(401);
    expect(await refresh(here.refresh_token)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
    expect(await me(there.access_token)).toBe(200);
    await refreshed(there.refresh_token);
    expect(await eventsOf(user.id)).toContain('session.ended');
  });

  it('ends the session by a token that was used or has ended, too', async () => {
    const first = await login();
    const second = await refreshed(first.refresh_token);
    wait(15 * 86_400);
    expect((await logout(first.refresh_token)).body.data).toEqual({ signed_out: true });
    expect(await refresh(second.refresh_token)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('ends all sessions when asked to', async () => {
    const [here, there] = [await login(), await login()];
    expect((await logout(here.refresh_token, { everywhere: true })).body.data).toEqual({ signed_out: true });
    for (const { access_token, refresh_token } of [here, there]) {
      expect(await me(access_token)).toBe(401);
      expect(await refresh(refresh_token)).toMatchObject({ status: 401 });
    }
    expect(await me((await login()).access_token)).toBe(200);
  });

  it('is no error twice, nor for a token nobody knows; it then ends nothing, and stands in the trail', async () => {
    const { refresh_token } = await login();
    await logout(refresh_token);
    const other = await login();
    for (const token of [refresh_token, 'rubbish', 'rt_'.padEnd(46, 'x')]) {
      expect(await logout(token, { everywhere: true })).toMatchObject({
        status: 200,
        body: { data: { signed_out: false } },
      });
    }
    expect((await eventsOf(user.id)).at(-1)).toBe('session.refresh_refused revoked');
    expect(await me(other.access_token)).toBe(200);
  });
});
