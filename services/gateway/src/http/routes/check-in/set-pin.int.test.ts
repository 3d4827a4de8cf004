import type { TokenPair } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MOST_CHANGES } from '../../../auth/change-throttle.js';
import { watchPasswordWorker, type WatchedPasswordWorker } from '../../../testing/password-worker.test.js';
import { buildPrincipal, passwordOf, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let worker: WatchedPasswordWorker;
let database: TestDatabase;
let gateway: TestGateway;
let organizationId: string;
let admin: BuiltUser;
let user: BuiltUser;
let people = 0;
let letGo = (): Promise<void> => Promise.resolve();

beforeAll(async () => {
  worker = await watchPasswordWorker();
  database = await createTestDatabase();
  gateway = await startTestGateway(database, { options: { passwordWorker: worker.url } });
  organizationId = (await buildOrganization(database.owner)).id;
  admin = await buildPrincipal(database, organizationId, 'ADMIN');
});
beforeEach(async () => {
  people += 1;
  user = await buildPrincipal(database, organizationId, 'USER', { email: `person-${people}@example.test` });
});
afterEach(() => letGo());
afterAll(async () => {
  await gateway.close();
  await database.close();
  await worker.close();
});

const pin = '407218';
const setOwn = (as: BuiltUser) => gateway.call('POST', '/v1/user/pin', { as, json: { pin } });
const signIn = ({ email }: BuiltUser) =>
  gateway.call<TokenPair>('POST', '/v1/auth/login', { json: { email, password: passwordOf(email ?? '') } });

/** Resolves with the first answers, as they come. */
async function firstAnswers<Answer>(calls: readonly Promise<Answer>[], count: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  return new Promise((resolve, reject) => {
    for (const call of calls) {
      call.then((answer) => {
        if (answers.push(answer) === count) resolve([...answers]);
      }, reject);
    }
  });
}

describe('who sets PINs by the dozen', () => {
  it('has two set at once, and keeps nobody from signing in or checking in', async () => {
    await gateway.call('POST', `/v1/ops/user/${user.id}/pin`, { as: admin, json: { pin } });
    expect((await signIn(user)).status).toBe(200);
    letGo = await worker.holdHashes();
    const flood = Array.from({ length: 40 }, () => setOwn(user));
    for (const { status, headers } of await firstAnswers(flood, 38)) {
      expect(status).toBe(429);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    // The two that go on hold both threads: whoever signs in or checks in now has a place, and waits.
    const json = { method: 'pin', user_id: user.id, pin, source_id: 'kiosk-1', timestamp: new Date().toISOString() };
    const entries = [signIn(user), signIn(admin), gateway.call('POST', '/v1/attendance/check-in', { as: admin, json })];
    await letGo();
    expect((await Promise.all(entries)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await Promise.all(flood)).filter(({ status }) => status === 200)).toHaveLength(2);
  });

  it('has two people’s set at once as an operator, without a bound to how many in a row', async () => {
    letGo = await worker.holdHashes();
    const set = () => gateway.call('POST', `/v1/ops/user/${user.id}/pin`, { as: admin, json: {} });
    const flood = Array.from({ length: 5 }, set);
    expect((await firstAnswers(flood, 3)).map(({ status }) => status)).toEqual([429, 429, 429]);
    await letGo();
    await Promise.all(flood);
    for (let time = 0; time < MOST_CHANGES + 1; time += 1) expect((await set()).status).toBe(200);
  });
});

describe('who changes their own PIN or password again and again', () => {
  it('has to wait, also when all of it goes well', async () => {
    for (let time = 1; time < MOST_CHANGES; time += 1) expect((await setOwn(user)).status).toBe(200);
    const email = user.email ?? '';
    const change = { current_password: passwordOf(email), new_password: 'a new and better password' };
    const changed = await gateway.call<TokenPair>('POST', '/v1/auth/change-password', { as: user, json: change });
    expect(changed.status).toBe(200);
    const headers = { authorization: `Bearer ${changed.body.data.access_token}` };
    const back = { current_password: change.new_password, new_password: change.current_password };
    for (const answer of [
      await gateway.call('POST', '/v1/auth/change-password', { headers, json: back }),
      await gateway.call('POST', '/v1/user/pin', { headers, json: { pin } }),
    ]) {
      expect(answer).toMatchObject({ status: 429, body: { code: 'TOO_MANY_REQUESTS' } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(60);
    }
    const others = await buildPrincipal(database, organizationId, 'USER', { email: 'other@example.test' });
    expect((await setOwn(others)).status).toBe(200);
  });
});
