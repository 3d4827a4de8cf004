import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { buildOrganization, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let admin: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database, { env: { CORS_ORIGINS: 'https://console.example' } });
  admin = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const get = (path: string, headers: Record<string, string> = {}) => gateway.call('GET', path, { headers });

describe('addresses', () => {
  it('that do not exist are 404, in the envelope', async () => {
    expect(await get('/v1/nothing')).toMatchObject({
      status: 404,
      body: { success: false, code: 'NOT_FOUND', data: null, errors: [] },
    });
  });

  it('say which methods they take', async () => {
    const answer = await gateway.call('PUT', '/v1/ops/user');
    expect(answer).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } });
    expect(answer.headers.get('allow')).toBe('POST, GET, HEAD');
    expect((await gateway.call('POST', '/healthz')).headers.get('allow')).toBe('GET, HEAD');
  });

  it('answer HEAD without a body', async () => {
    expect(await gateway.call('HEAD', '/healthz')).toMatchObject({ status: 200, text: '' });
  });
});

describe('request ids', () => {
  it("are made, or the caller's when they are sane, and stand in header and envelope", async () => {
    const made = await get('/healthz');
    expect(made.headers.get('x-request-id')).toBe(made.body.meta.request_id);
    expect(made.body.meta.request_id).toMatch(/^[0-9a-f-]{36}$/);
    expect((await get('/healthz', { 'x-request-id': 'batch-7:frame.1' })).body.meta.request_id).toBe('batch-7:frame.1');
    for (const id of ['a b', 'x'.repeat(101), 'a"b', '<script>']) {
      expect((await get('/healthz', { 'x-request-id': id })).body.meta.request_id).not.toBe(id);
    }
  });
});

describe('the access log', () => {
  it('tells who called what and how it went, without body, token or query', async () => {
    const before = gateway.log.length;
    const token = gateway.tokenOf(admin);
    const answer = await get('/v1/ops/user?search=somebody-secret', { authorization: `Bearer ${token}` });
    await gateway.call('POST', '/v1/auth/login', { json: { email: 'x@example.test', password: 'open-sesame' } });
    const lines = gateway.log.slice(before);
    expect(lines.find((line) => line['operation'] === 'listUsers')).toMatchObject({
      level: 'info',
      msg: 'request',
      request_id: answer.body.meta.request_id,
      method: 'GET',
      path: '/v1/ops/user',
      status: 200,
      actor: `user:${admin.id}`,
      organization_id: admin.organizationId,
      duration_ms: expect.any(Number) as number,
    });
    expect(lines.find((line) => line['operation'] === 'login')).toMatchObject({
      status: 401,
      code: 'INVALID_CREDENTIALS',
    });
    const text = JSON.stringify(lines);
    for (const secret of ['somebody-secret', 'open-sesame', token]) expect(text).not.toContain(secret);
  });
});

describe('headers', () => {
  it('let a browser do nothing with an answer but read it', async () => {
    const { headers } = await get('/healthz');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('let the named origins call, and no other', async () => {
    const allowed = await get('/healthz', { origin: 'https://console.example' });
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://console.example');
    expect(allowed.headers.get('access-control-expose-headers')).toContain('X-Request-Id');
    const other = await get('/healthz', { origin: 'https://evil.example' });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    const preflight = await gateway.call('OPTIONS', '/v1/ops/user', {
      headers: {
        origin: 'https://console.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization');
  });
});

describe('what is no request', () => {
  it('is answered, and the next one is served', async () => {
    const huge = await get('/healthz', { 'x-filler': 'x'.repeat(20_000) });
    expect(huge).toMatchObject({ status: 431, body: { code: 'HEADERS_TOO_LARGE' } });
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.end('rubbish\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });
});

describe('documents', () => {
  it('are served, and the one names every address of the other', async () => {
    const openApi = JSON.parse((await get('/openapi.json')).text) as { openapi: string; paths: object };
    expect(openApi.openapi).toBe('3.1.0');
    expect(Object.keys(openApi.paths)).toContain('/faces/recognize');
    expect(JSON.parse((await get('/asyncapi.json')).text)).toMatchObject({ asyncapi: '3.0.0' });
  });

  it('can be tried in a browser: everything the page needs comes from here', async () => {
    const page = await get('/docs/');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const scripts = [...page.text.matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
    const sources = scripts.map((tag) => /src=["']\.\/([^"']+)/.exec(tag)?.[1]);
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) {
      expect(source, 'an inline script would be blocked').toBeDefined();
      expect(await get(`/docs/${source ?? ''}`)).toMatchObject({ status: 200 });
    }
    expect((await get('/docs/swagger-ui-init.js')).text).toContain('/openapi.json');
    expect((await get('/')).text).toContain('href="/docs"');
  });
});

describe('health', () => {
  it('is ready without a worker, because frames are kept, but says that none is there', async () => {
    const answer = await get('/readyz');
    expect(answer).toMatchObject({
      status: 200,
      body: {
        code: 'READY',
        data: {
          state: 'degraded',
          parts: { database: { state: 'ok' }, storage: { state: 'ok' }, 'face-worker': { state: 'failed' } },
        },
      },
    });
  });

  it('is well when everybody beats', async () => {
    for (const kind of ['face-worker', 'attendance-projector']) {
      await database.system.query(
        "insert into worker_heartbeats (worker_id, kind, hostname, pid) values ($1, $2, 'test', 1)",
        [uuidV7(), kind],
      );
    }
    const fresh = await startTestGateway(database);
    expect(await fresh.call('GET', '/readyz')).toMatchObject({
      body: { data: { state: 'ok', parts: { 'face-worker': { figures: { alive: 1 } } } } },
    });
    await database.system.query("update worker_heartbeats set beat_at = now() - interval '1 hour'");
    await fresh.close();
    const later = await startTestGateway(database);
    expect(await later.call('GET', '/readyz')).toMatchObject({ body: { data: { state: 'degraded' } } });
    await later.close();
  });

  it('leaves no probe behind', async () => {
    await get('/readyz');
    expect(await gateway.storedFiles()).toEqual([]);
  });

  it('has figures for Prometheus', async () => {
    await get('/healthz');
    const { text, headers } = await get('/metrics');
    expect(headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(
      /rollcall_http_request_duration_seconds_count\{[^}]*operation="healthz",status="200"[^}]*\} [1-9]/,
    );
  });
});
