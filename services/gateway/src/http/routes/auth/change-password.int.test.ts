import type { TokenPair } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  buildPrincipal,
  passwordOf,
  SECRET_KEY,
  startTestGateway,
  type TestGateway,
} from '../../../testing/test-gateway.test.js';

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
const post = <Data>(path: string, json: unknown, headers: Record<string, string> = {}) =>
  gateway.call<Data>('POST', path, { json, headers });
const refresh = (token: string) => post<TokenPair>('/v1/auth/refresh', { refresh_token: token });
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

describe('POST /v1/auth/change-password', () => {
  const change = (token: string, json: object) => post<TokenPair>('/v1/auth/change-password', json, bearer(token));
  const current = () => passwordOf(user.email ?? '');
  const new_password = 'a new and better password';

  it('changes it, ends every session and begins a new one', async () => {
    const [here, there] = [await login(), await login()];
    const answer = await change(here.access_token, { current_password: current(), new_password });
    expect(answer).toMatchObject({ status: 200, body: { code: 'PASSWORD_CHANGED' } });
    for (const { access_token, refresh_token } of [here, there]) {
      expect(await me(access_token)).toBe(401);
      expect(await refresh(refresh_token)).toMatchObject({ status: 401 });
    }
    expect(await me(answer.body.data.access_token)).toBe(200);
    await refreshed(answer.body.data.refresh_token);
    expect(await post('/v1/auth/login', { email: user.email, password: current() })).toMatchObject({ status: 401 });
    await login(new_password);
    expect(await eventsOf(user.id)).toContain('password.changed');
  });

  it('needs the current password, and writes down who did not know it', async () => {
    const { access_token } = await login();
    const answer = await change(access_token, { current_password: 'guess', new_password });
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'WRONG_PASSWORD', errors: [{ path: '/current_password' }] },
    });
    expect(await me(access_token)).toBe(200);
    expect((await eventsOf(user.id)).at(-1)).toBe('password.change_refused');
  });

  it('makes who guesses wait, without locking the owner out of the sign-in', async () => {
    const { access_token } = await login();
    const guess = () => change(access_token, { current_password: 'guess', new_password });
    for (let attempt = 0; attempt < 10; attempt += 1) expect((await guess()).status).toBe(422);
    expect(await guess()).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
    expect(await guess()).toMatchObject({ status: 429 });
    const refusals = (await eventsOf(user.id)).filter((type) => type === 'password.change_refused');
    expect(refusals).toHaveLength(11);
    await login();
  });

  it('lets one of two changes at once win', async () => {
    const { access_token } = await login();
    const answers = await Promise.all(
      ['one new password', 'two new password'].map((password) =>
        change(access_token, { current_password: current(), new_password: password }),
      ),
    );
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    expect(
      answers.filter(({ status }) => status !== 200).map(({ status }) => [401, 409, 422].includes(status)),
    ).toEqual([true]);
  });

  it.each([
    ['too short', 'short'],
    ['too long for bcrypt', 'ä'.repeat(40)],
    ['the same', null],
    ['a NUL character', 'eight\0eight'],
  ])('refuses a new password that is %s', async (_what, given) => {
    const { access_token } = await login();
    const answer = await change(access_token, { current_password: current(), new_password: given ?? current() });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: '/new_password' }] } });
  });

  it('is for who is signed in', async () => {
    expect(await post('/v1/auth/change-password', { current_password: 'x', new_password })).toMatchObject({
      status: 401,
    });
  });
});

describe('two gateways', () => {
  it('count guesses together', async () => {
    const other = await startTestGateway(database);
    try {
      const guess = (at: TestGateway) =>
        at.call('POST', '/v1/auth/login', { json: { email: user.email, password: 'guess' } });
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 6; attempt += 1) {
        statuses.push((await guess(gateway)).status, (await guess(other)).status);
      }
      expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
      const wrong = Array.from({ length: 10 }, () => 'session.refused wrong_password');
      expect(await eventsOf(user.id)).toEqual([...wrong, 'session.refused throttled']);
      const { rows } = await database.owner.query(
        `select payload ->> 'reason' as reason from events where type = 'session.refused' order by epoch desc, xid desc, position desc limit 1`,
      );
      expect(rows).toEqual([{ reason: 'throttled' }]);
    } finally {
      await other.close();
    }
  });

  it('take the tokens of both keys while the key is replaced', async () => {
    const { refresh_token, access_token } = await login();
    const env = { SECRET_KEY: 'the next secret key of more than 32 characters', SECRET_KEY_PREVIOUS: SECRET_KEY };
    const next = await startTestGateway(database, { env, options: { clock: { now: () => now } } });
    try {
      const answer = await next.call('GET', '/v1/auth/me', { headers: bearer(access_token) });
      expect(answer.status).toBe(200);
      const successor = await refreshed(refresh_token);
      const again = await next.call<TokenPair>('POST', '/v1/auth/refresh', { json: { refresh_token } });
      expect(again.body.data.refresh_token).toBe(successor.refresh_token);
      expect(await me(again.body.data.access_token)).toBe(401);
    } finally {
      await next.close();
    }
  });
});
