import { cp, mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalObjectStore, STORAGE_MARKER } from '@rollcall/object-store';
import { newId } from '@rollcall/service-kit';
import {
  buildOrganization,
  createTestDatabase,
  startHalfOpenProxy,
  waitUntil,
  type BuiltUser,
  type TestDatabase,
} from '@rollcall/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jpegFile } from './domain/image-files.test.js';
import { createDatabaseSwitch } from './testing/database-switch.test.js';
import { completeFrames } from './testing/play-worker.test.js';
import { buildPrincipal, formOf, startTestGateway, type TestGateway } from './testing/test-gateway.test.js';

let database: TestDatabase;
let operator: BuiltUser;
let gateway: TestGateway;

beforeAll(async () => {
  database = await createTestDatabase();
  operator = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
});

afterEach(() => gateway.close());
afterAll(() => database.close());

const fields = { source_type: 'camera', source_id: 'entrance-1', timestamp: '2025-03-03T08:59:12.000Z' };

function send(headers: Record<string, string> = {}) {
  const form = formOf({ fields, files: [['image', jpegFile()]] });
  return gateway.call('POST', '/faces/recognize', { as: operator, form, headers });
}

async function countRequests(): Promise<number> {
  const { rows } = await database.owner.query<{ count: number }>('select count(*)::integer from recognition_requests');
  return rows[0]?.count ?? 0;
}

describe('without the database', () => {
  it('answers 503, keeps nothing half-written, and works again once it is back', async () => {
    const way = await createDatabaseSwitch(database.gatewayUrl);
    // People and settings stay known, so that the frame gets as far as the commit.
    gateway = await startTestGateway({ gatewayUrl: way.url }, { options: { cacheTtlMs: 60_000 } });
    expect(await send()).toMatchObject({ status: 202 });
    const files = await gateway.storedFiles();
    const requests = await countRequests();

    await way.off();
    const refused = await send();
    expect(refused).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await gateway.storedFiles()).toEqual(files);
    for (const path of ['/v1/events', '/v1/ops/user', '/v1/ops/attendance']) {
      expect(await gateway.call('GET', path, { as: operator }), path).toMatchObject({ status: 503 });
    }
    const login = { email: 'somebody@example.test', password: 'any' };
    expect(await gateway.call('POST', '/v1/auth/login', { json: login })).toMatchObject({ status: 503 });
    const ready = await gateway.call('GET', '/readyz');
    expect(ready).toMatchObject({
      status: 503,
      body: { data: { parts: { database: { state: 'failed' }, storage: { state: 'ok' } } } },
    });
    expect(ready.text).not.toMatch(/ECONN|127\.0\.0\.1/);
    expect(await gateway.call('GET', '/healthz')).toMatchObject({ status: 200 });

    await way.on();
    await waitUntil('it is ready again', async () => (await gateway.call('GET', '/readyz')).status === 200);
    expect(await send()).toMatchObject({ status: 202 });
    expect(await countRequests()).toBe(requests + 1);
    await gateway.close();
    await way.off();
    gateway = await startTestGateway(database);
  });

  it('leaves the image when the connection breaks in the middle of a commit: nobody knows whether it was done', async () => {
    const way = await createDatabaseSwitch(database.gatewayUrl);
    gateway = await startTestGateway({ gatewayUrl: way.url }, { options: { cacheTtlMs: 60_000 } });
    await send();
    const before = await gateway.storedFiles();
    const blocker = await database.owner.connect();
    try {
      await blocker.query('begin; lock table recognition_requests in exclusive mode');
      const sending = send();
      await waitUntil('the commit waits', async () => {
        const sql = "select 1 from pg_locks where relation = 'recognition_requests'::regclass and not granted";
        return (await database.owner.query(sql)).rowCount === 1;
      });
      await way.off();
      expect(await sending).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
    } finally {
      await blocker.query('rollback');
      blocker.release();
    }
    expect(await gateway.storedFiles()).toHaveLength(before.length + 1);
    await gateway.close();
    gateway = await startTestGateway(database);
  });
});

describe('behind a connection that died without a word', () => {
  it('gives it up after a while, and the frames behind it go on over another one', async () => {
    const proxy = await startHalfOpenProxy({ port: Number(new URL(database.gatewayUrl).port) });
    const through = new URL(database.gatewayUrl);
    through.host = `127.0.0.1:${proxy.port}`;
    const options = { cacheTtlMs: 60_000, queryTimeoutMs: 2_000 };
    gateway = await startTestGateway({ gatewayUrl: through.href }, { env: { DOORBELL: 'off' }, options });
    expect(await send()).toMatchObject({ status: 202 });
    proxy.freeze();
    const first = await Promise.all([send(), send(), send()]);
    expect(first.map(({ status }) => status)).toContain(503);
    await waitUntil('frames are taken again', async () => (await send()).status === 202);
    await gateway.close();
    await proxy.close();
    gateway = await startTestGateway(database);
  });
});

describe('without room in the storage', () => {
  it('says so, writes no request, and goes on once there is room', async () => {
    let full = true;
    const full28 = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    gateway = await startTestGateway(database, {
      options: {
        objects: {
          ...createLocalObjectStore({ root: '/nonexistent', writeFile: () => Promise.reject(full28) }),
          put: (key, bytes, options) => {
            const root = gateway.storageRoot;
            const writeFile = full ? { writeFile: () => Promise.reject(full28) } : {};
            return createLocalObjectStore({ root, ...writeFile }).put(key, bytes, options);
          },
        },
      },
    });
    const requests = await countRequests();
    const refused = await send();
    expect(refused).toMatchObject({ body: { code: 'STORAGE_FULL' } });
    expect(refused.status).toBeGreaterThanOrEqual(503);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    expect(await gateway.call('GET', '/readyz')).toMatchObject({
      status: 503,
      body: { data: { parts: { storage: { state: 'failed' } } } },
    });
    expect(await countRequests()).toBe(requests);
    full = false;
    expect(await send()).toMatchObject({ status: 202 });
  });
});

describe('with a storage that is not mounted any more', () => {
  it('takes no frame into the empty mount point, and goes on once it is back', async () => {
    gateway = await startTestGateway(database);
    expect(await send()).toMatchObject({ status: 202 });
    const requests = await countRequests();
    const { storageRoot } = gateway;
    await rename(storageRoot, `${storageRoot}-disk`);
    await mkdir(storageRoot);
    try {
      expect(await send()).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
      expect(await gateway.call('GET', '/readyz')).toMatchObject({
        status: 503,
        body: { data: { parts: { storage: { state: 'failed' } } } },
      });
      expect(await countRequests()).toBe(requests);
      expect(await gateway.storedFiles()).toEqual([]);
    } finally {
      await rmdir(storageRoot);
      await rename(`${storageRoot}-disk`, storageRoot);
    }
    expect(await send()).toMatchObject({ status: 202 });
  });

  it('is not ready on the disk of another installation, which it could write on', async () => {
    gateway = await startTestGateway(database);
    const { storageRoot } = gateway;
    // An answer is remembered for a moment.
    const readiness = async () => (await gateway.call('GET', '/readyz')).status;
    expect(await readiness()).toBe(200);
    await rename(storageRoot, `${storageRoot}-disk`);
    await cp(`${storageRoot}-disk`, storageRoot, { recursive: true });
    await writeFile(join(storageRoot, STORAGE_MARKER), JSON.stringify({ installation: newId() }));
    try {
      await expect.poll(readiness).toBe(503);
    } finally {
      await rm(storageRoot, { recursive: true });
      await rename(`${storageRoot}-disk`, storageRoot);
    }
    await expect.poll(readiness).toBe(200);
  });
});

describe('something nobody thought of', () => {
  it('is a 500 that says nothing of the inside, with the cause in the log', async () => {
    const objects = createLocalObjectStore({ root: '/nonexistent' });
    gateway = await startTestGateway(database, {
      options: { objects: { ...objects, put: () => Promise.reject(new TypeError('the inside')) } },
    });
    const answer = await send();
    expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL', errors: [], data: null } });
    expect(answer.text).not.toContain('inside');
    const line = gateway.log.find((entry) => entry['msg'] === 'a call failed');
    expect(line).toMatchObject({
      level: 'error',
      request_id: answer.body.meta.request_id,
      err: { message: 'the inside' },
    });
  });
});

describe('without the doorbell', () => {
  it('finds results and events by poll', async () => {
    gateway = await startTestGateway(database, { env: { DOORBELL: 'off' } });
    await completeFrames(database);
    const waiting = send({ prefer: 'wait=30' });
    await waitUntil('the frame is there', async () => (await completeFrames(database)).length > 0);
    expect(await waiting).toMatchObject({ status: 200, body: { code: 'RECOGNITION_COMPLETED' } });
  });
});

describe('shutting down', () => {
  it('answers those who wait, finishes what was begun, and takes nothing new', async () => {
    gateway = await startTestGateway(database);
    const end = (await gateway.call('GET', '/v1/events?limit=200', { as: operator })).body.meta.next_cursor ?? '';
    await completeFrames(database);
    const waiting = send({ prefer: 'wait=30' });
    const polling = gateway.call('GET', `/v1/events?wait=30&types=user.deleted&after=${end}`, { as: operator });
    const requests = "select count(*)::integer as count from recognition_requests where status = 'queued'";
    await waitUntil('the frame is there', async () => {
      const { rows } = await database.owner.query<{ count: number }>(requests);
      return (rows[0]?.count ?? 0) > 0;
    });
    await gateway.gateway.stopIntake();
    const answer = await waiting;
    expect(answer).toMatchObject({ status: 202, body: { data: { status: 'queued' } } });
    expect(await polling).toMatchObject({ status: 200, body: { data: [] } });
    await gateway.gateway.drain();
    await expect(gateway.call('GET', '/healthz')).rejects.toThrow();
  });
});

describe('a caller who goes away', () => {
  it('is not waited for', async () => {
    gateway = await startTestGateway(database);
    const gone = new AbortController();
    const polling = gateway.call('GET', '/v1/events?wait=30&types=user.deleted', { as: operator, signal: gone.signal });
    await new Promise((resolve) => gateway.gateway.server.once('request', resolve));
    gone.abort();
    await expect(polling).rejects.toThrow();
    const line = await waitUntil('the access log', () =>
      gateway.log.find((entry) => entry['operation'] === 'listEvents'),
    );
    expect(line).toMatchObject({ status: 499 });
  });
});
