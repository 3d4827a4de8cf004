import { once, Rollcall, RollcallError, type TokenPair } from '@rollcall/client';
import {
  buildUser,
  buildWholeOrganization,
  checkedFetch,
  createTestDatabase,
  type TestDatabase,
  type WholeOrganization,
} from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jpegFile } from '../domain/image-files.test.js';
import { EXAMPLE_PASSWORD, EXAMPLE_PASSWORD_HASH } from '../testing/example-call.test.js';
import { startTestGateway, type TestGateway } from '../testing/test-gateway.test.js';

/** packages/client against the gateway it is generated for. */
let database: TestDatabase;
let gateway: TestGateway;
let world: WholeOrganization;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
  world = await buildWholeOrganization(database.owner, { passwordHash: EXAMPLE_PASSWORD_HASH });
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const credentials = () => ({ email: 'admin@example.org', password: EXAMPLE_PASSWORD, organization: world.slug });

async function signedIn(options: Partial<ConstructorParameters<typeof Rollcall>[0]> = {}): Promise<Rollcall> {
  const rollcall = new Rollcall({ baseUrl: gateway.url, fetch: checkedFetch, ...options });
  await rollcall.signIn(credentials());
  return rollcall;
}

describe('a session', () => {
  it('begins with a sign-in and ends with a sign-out', async () => {
    const kept: (TokenPair | undefined)[] = [];
    const rollcall = new Rollcall({
      baseUrl: `${gateway.url}/`,
      fetch: checkedFetch,
      onTokens: (tokens) => kept.push(tokens),
    });
    expect(await rollcall.signIn(credentials())).toMatchObject({ role: 'ADMIN', user_id: world.admin.id });
    const me = await rollcall.get('/v1/auth/me');
    expect(me.data.organization.organization_id).toBe(world.id);
    await rollcall.signOut();
    expect(kept).toEqual([expect.objectContaining({ token_type: 'Bearer' }), undefined]);
    await expect(rollcall.get('/v1/auth/me')).rejects.toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
  });

  it('is refreshed once when its token has ended, for all calls that need it', async () => {
    const first = (await signedIn()).tokens!;
    const kept: (TokenPair | undefined)[] = [];
    const ended = { ...first, access_token: gateway.tokenOf(world.admin, { at: new Date(Date.now() - 86_400_000) }) };
    const rollcall = new Rollcall({
      baseUrl: gateway.url,
      fetch: checkedFetch,
      tokens: ended,
      onTokens: (tokens) => kept.push(tokens),
    });
    const answers = await Promise.all([1, 2, 3].map(() => rollcall.get('/v1/auth/me')));
    expect(answers.map(({ code }) => code)).toEqual(Array(3).fill(answers[0]?.code));
    expect(kept).toHaveLength(1);
    expect(rollcall.tokens?.refresh_token).not.toBe(first.refresh_token);
  });

  it('sends a wrong current password once: there is nothing to refresh', async () => {
    const sent: string[] = [];
    const counting: typeof fetch = (input, init) => {
      sent.push(new URL(input instanceof Request ? input.url : String(input)).pathname);
      return checkedFetch(input, init);
    };
    const rollcall = await signedIn({ fetch: counting });
    const body = { current_password: 'a guess', new_password: 'a new and better password' };
    const refused = rollcall.post('/v1/auth/change-password', { body });
    await expect(refused).rejects.toMatchObject({ code: 'WRONG_PASSWORD', status: 422 });
    expect(sent).toEqual(['/v1/auth/login', '/v1/auth/change-password']);
  });

  it('needs nobody who signs in when a device calls by its key', async () => {
    const camera = new Rollcall({ baseUrl: gateway.url, fetch: checkedFetch, deviceKey: world.deviceKey });
    const frame = { source_type: 'camera', source_id: 'entrance-9', timestamp: new Date().toISOString() } as const;
    expect(await camera.recognize(frame, { bytes: Uint8Array.from(jpegFile()) })).toMatchObject({ status: 'queued' });
    await expect(camera.get('/v1/ops/user')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('calls', () => {
  it('are refused with a typed error that says what is wrong', async () => {
    const rollcall = await signedIn();
    const refused = await rollcall.post('/v1/ops/user', { body: { full_name: '' } }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RollcallError);
    expect(refused).toMatchObject({ code: 'VALIDATION_FAILED', status: 422, errors: [{ path: '/full_name' }] });
    expect((refused as RollcallError).requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('do once what has one key, and read lists to their end', async () => {
    const rollcall = await signedIn();
    const headers = once();
    const add = () => rollcall.post('/v1/ops/user', { body: { full_name: 'Grace Once' }, headers });
    expect((await add()).data.user_id).toBe((await add()).data.user_id);
    for (let index = 0; index < 5; index += 1) await buildUser(database.owner, world.id);
    const names: string[] = [];
    for await (const person of rollcall.list('/v1/ops/user', { limit: 2 })) names.push(person.full_name);
    expect(names.filter((name) => name === 'Grace Once')).toHaveLength(1);
    expect(names.length).toBeGreaterThan(6);
  });

  it('send images as files', async () => {
    const rollcall = await signedIn();
    const images = [1, 2, 3].map((turn) => ({ bytes: Uint8Array.from(jpegFile({ filling: 100 + turn })) }));
    const accepted = await rollcall.register(world.user.id, images, { waitSeconds: 0 });
    expect(accepted).toMatchObject({ user_id: world.user.id, status: 'queued' });
  });

  it('are repeated after a passing refusal or a lost connection when that is safe, and never otherwise', async () => {
    let calls = 0;
    const shaky: typeof fetch = (input, init) => {
      const { pathname } = new URL(input instanceof Request ? input.url : String(input));
      if (!pathname.startsWith('/v1/ops/user')) return checkedFetch(input, init);
      calls += 1;
      if (calls === 1) return Promise.reject(new TypeError('fetch failed'));
      return calls === 2
        ? Promise.resolve(new Response('', { status: 503, headers: { 'retry-after': '0' } }))
        : checkedFetch(input, init);
    };
    const rollcall = await signedIn({ fetch: shaky });
    await rollcall.get('/v1/ops/user');
    expect(calls).toBe(3);
    calls = 0;
    const add = rollcall.post('/v1/ops/user', { body: { full_name: 'Twice' } });
    await expect(add).rejects.toMatchObject({ code: 'CONNECTION_FAILED', status: 0 });
    expect(calls).toBe(1);
  });
});

describe.each(['stream', 'poll'] as const)('events by %s', (by) => {
  it('come one by one and go on after the last that was handled', async () => {
    const rollcall = await signedIn();
    const types = 'user.created';
    const seen: { subject: string; cursor: string }[] = [];
    for await (const event of rollcall.events({ by, types })) {
      seen.push(event);
      break;
    }
    const added = await rollcall.post('/v1/ops/user', { body: { full_name: `Somebody new by ${by}` } });
    for await (const event of rollcall.events({ by, types, after: seen[0]!.cursor })) {
      seen.push(event);
      if (event.subject === `users/${added.data.user_id}`) break;
    }
    expect(new Set(seen.map(({ cursor }) => cursor)).size).toBe(seen.length);
  });
});
