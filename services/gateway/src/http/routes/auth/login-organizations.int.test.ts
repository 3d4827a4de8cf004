import { INSTALLATION_ID, type TokenPair } from '@rollcall/contracts';
import { buildOrganization, createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { watchPasswordWorker, type WatchedPasswordWorker } from '../../../testing/password-worker.test.js';
import { buildPrincipal, passwordOf, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let worker: WatchedPasswordWorker;
beforeAll(async () => {
  worker = await watchPasswordWorker();
});
afterAll(() => worker.close());

interface Attempt {
  readonly status: number;
  readonly code: string;
  readonly comparisons: number;
}

interface Refusal {
  readonly organization_id: string;
  readonly payload: { readonly user_id: string | null; readonly reason: string };
}

/** Tests that sign in to an installation of these organizations. */
function installationOf(slugs: readonly string[]) {
  let database: TestDatabase;
  let gateway: TestGateway;
  const ids: string[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
    gateway = await startTestGateway(database, { options: { passwordWorker: worker.url } });
    for (const slug of slugs) ids.push((await buildOrganization(database.owner, { slug })).id);
    // Everywhere, in the first alone, in none.
    for (const id of ids) await buildPrincipal(database, id, 'USER', { email: 'all@example.test' });
    await buildPrincipal(database, ids[0] ?? '', 'USER', { email: 'one@example.test' });
  });
  beforeEach(() => database.owner.query('delete from sign_in_attempts'));
  afterAll(async () => {
    await gateway.close();
    await database.close();
  });

  const login = (json: object) => gateway.call<TokenPair>('POST', '/v1/auth/login', { json });
  return {
    ids,
    login,
    attempt: async (email: string, password: string, organization?: string): Promise<Attempt> => {
      const before = await worker.comparisons();
      const { status, body } = await login({ email, password, ...(organization !== undefined && { organization }) });
      return { status, code: body.code, comparisons: (await worker.comparisons()) - before };
    },
    lastRefusal: async (): Promise<Refusal> => {
      const sql = `select organization_id, payload from events where type = 'session.refused' order by position desc limit 1`;
      const { rows } = await database.owner.query<Refusal>(sql);
      return rows[0] ?? { organization_id: '', payload: { user_id: null, reason: '' } };
    },
  };
}

const refused = { status: 401, code: 'INVALID_CREDENTIALS', comparisons: 1 };
const accepted = { status: 200, code: 'LOGIN_SUCCEEDED', comparisons: 1 };

describe('a sign-in to the only organization', () => {
  const { ids, attempt, lastRefusal } = installationOf(['only']);

  it.each([undefined, 'only'])('compares one password, whoever exists (slug: %s)', async (slug) => {
    expect(await attempt('nobody@example.test', 'wrong', slug)).toEqual(refused);
    expect(await attempt('one@example.test', 'wrong', slug)).toEqual(refused);
    expect(await attempt('one@example.test', passwordOf('one@example.test'), slug)).toEqual(accepted);
  });

  it('leaves its refusals in the trail of the organization, also of nobody known', async () => {
    await attempt('nobody@example.test', 'wrong');
    expect(await lastRefusal()).toEqual({
      organization_id: ids[0],
      payload: { user_id: null, reason: 'unknown_user' },
    });
  });
});

describe('a sign-in to one of several organizations', () => {
  const slugs = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const { ids, attempt, login, lastRefusal } = installationOf(slugs);

  it('has to name it: nothing is compared, whoever exists and whatever the password', async () => {
    for (const email of ['nobody@example.test', 'one@example.test', 'all@example.test']) {
      for (const password of ['wrong', passwordOf(email)]) {
        expect(await attempt(email, password)).toEqual({ status: 422, code: 'ORGANIZATION_REQUIRED', comparisons: 0 });
      }
    }
    expect(await lastRefusal()).toEqual({
      organization_id: INSTALLATION_ID,
      payload: { user_id: null, reason: 'organization_required' },
    });
  });

  it('compares one password in the one that is named, whoever exists', async () => {
    expect(await attempt('nobody@example.test', 'wrong', 'b')).toEqual(refused);
    expect(await attempt('one@example.test', passwordOf('one@example.test'), 'b')).toEqual(refused);
    expect(await attempt('all@example.test', 'wrong', 'b')).toEqual(refused);
    expect(await attempt('all@example.test', 'wrong', 'no-such')).toEqual(refused);
  });

  it('goes well in each of them', async () => {
    const email = 'all@example.test';
    for (const organization of slugs) {
      const answer = await login({ email, password: passwordOf(email), organization });
      expect(answer.body.data.user.organization.slug).toBe(organization);
    }
  });

  it('leaves its refusals in the trail of the one that was named, and of an unknown name in the installation’s', async () => {
    await attempt('nobody@example.test', 'wrong', 'c');
    expect(await lastRefusal()).toEqual({
      organization_id: ids[2],
      payload: { user_id: null, reason: 'unknown_user' },
    });
    await attempt('nobody@example.test', 'wrong', 'no-such');
    expect(await lastRefusal()).toMatchObject({ organization_id: INSTALLATION_ID });
  });

  it('is told to whom somebody guesses at, once they have to wait', async () => {
    for (let guess = 0; guess < 10; guess += 1) {
      expect(await attempt('one@example.test', 'guess', 'a')).toEqual(refused);
    }
    const waits = { status: 429, code: 'TOO_MANY_REQUESTS', comparisons: 0 };
    expect(await attempt('one@example.test', 'guess', 'a')).toEqual(waits);
    expect(await lastRefusal()).toMatchObject({
      organization_id: ids[0],
      payload: { user_id: expect.any(String) as unknown, reason: 'throttled' },
    });
  });
});
