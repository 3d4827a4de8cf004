import { request as httpRequest, type ClientRequest } from 'node:http';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STORAGE_MARKER } from '@rollcall/object-store';
import { buildOrganization, createTestDatabase, waitUntil, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadGatewayConfig } from '../config.js';
import { jpegFile } from '../domain/image-files.test.js';
import { buildPrincipal, startTestGateway, type TestGateway } from '../testing/test-gateway.test.js';

let db: TestDatabase;
let operator: BuiltUser;

beforeAll(async () => {
  db = await createTestDatabase();
  operator = await buildPrincipal(db, (await buildOrganization(db.owner)).id, 'OPERATOR');
});
afterAll(() => db.close());

async function using(env: Record<string, string>, work: (gateway: TestGateway) => Promise<void>): Promise<void> {
  const gateway = await startTestGateway(db, { env });
  try {
    await work(gateway);
  } finally {
    await gateway.close();
  }
}

async function addressSeen(gateway: TestGateway, headers: Record<string, string>): Promise<unknown> {
  const id = crypto.randomUUID();
  await gateway.call('GET', '/healthz', { headers: { ...headers, 'x-request-id': id } });
  const line = () => gateway.log.find(({ request_id, msg }) => request_id === id && msg === 'request');
  await waitUntil('the line', () => Promise.resolve(line() !== undefined));
  return line()?.['address'];
}

describe('who calls', () => {
  it('is the other end of the connection, whatever headers say', () =>
    using({}, async (gateway) => {
      const headers = { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', forwarded: 'for=203.0.113.9' };
      expect(await addressSeen(gateway, headers)).toBe('127.0.0.1');
    }));

  it('is whom a trusted proxy names; what came to the proxy as that header is not believed', () =>
    using({ TRUSTED_PROXIES: '127.0.0.0/8, 10.0.0.0/8' }, async (gateway) => {
      const seen = (forwarded: string) => addressSeen(gateway, { 'x-forwarded-for': forwarded });
      expect(await seen('203.0.113.9')).toBe('203.0.113.9');
      // The caller made up the first; the proxy wrote the last.
      expect(await seen('198.51.100.1, 203.0.113.9')).toBe('203.0.113.9');
      // Two trusted proxies in a row.
      expect(await seen('198.51.100.1, 203.0.113.9, 10.1.2.3')).toBe('203.0.113.9');
      expect(await seen('<script>')).toBe('127.0.0.1');
      expect(await seen('2001:db8::7')).toBe('2001:db8::7');
    }));

  it('decides whose sign-ins are slowed down', () =>
    using({ TRUSTED_PROXIES: '127.0.0.1' }, async (gateway) => {
      const json = { email: operator.email, password: 'wrong' };
      const attempt = async (address: string) =>
        (await gateway.call('POST', '/v1/auth/login', { json, headers: { 'x-forwarded-for': address } })).status;
      const statuses: number[] = [];
      for (let time = 0; time < 12; time += 1) statuses.push(await attempt('203.0.113.50'));
      expect(statuses.at(-1)).toBe(429);
      expect(await attempt('203.0.113.51')).toBe(401);
    }));

  it.each(['everybody', '0.0.0.0/0', '10.0.0.0/33', '10.0.0.0/8/8', 'example.org'])('cannot be set by %j', (range) => {
    const env = { DATABASE_URL: db.gatewayUrl, SECRET_KEY: 'x'.repeat(32), TRUSTED_PROXIES: range };
    expect(() => loadGatewayConfig(env)).toThrow('TRUSTED_PROXIES');
  });
});

describe('/metrics', () => {
  it('is read on this machine only, unless there is a token', () =>
    using({}, async (gateway) => {
      expect((await gateway.call('GET', '/metrics')).status).toBe(200);
      for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
        expect((await gateway.call('GET', '/metrics', { headers: { [name]: '127.0.0.1' } })).status, name).toBe(403);
      }
    }));

  it('is read with the token, from wherever', () =>
    using({ METRICS_TOKEN: 'a token of some length', TRUSTED_PROXIES: '127.0.0.1' }, async (gateway) => {
      const read = async (headers: Record<string, string>) =>
        (await gateway.call('GET', '/metrics', { headers })).status;
      expect(await read({})).toBe(401);
      expect(await read({ authorization: 'Bearer a token of some other' })).toBe(401);
      expect(await read({ authorization: 'Bearer a token of some length', 'x-forwarded-for': '203.0.113.9' })).toBe(
        200,
      );
    }));

  it('has the names of the conventions, and no organization in it', () =>
    using({}, async (gateway) => {
      const { text } = await gateway.call('GET', '/metrics');
      expect(text).toMatch(/^rollcall_build_info\{version="0.0.0-test",node_version="v\d+[^}]*\} 1$/m);
      expect(text).toMatch(/^process_resident_memory_bytes\{/m);
      expect(text).toMatch(/^rollcall_requests_waiting\{kind="recognition",state="queued"[^}]*\} \d+$/m);
      expect(text).toMatch(/^rollcall_processes\{kind="face-worker",state="alive"[^}]*\} 0$/m);
      expect(text).toMatch(/^rollcall_database_pool_connections\{pool="frames",state="idle"/m);
      expect(text).not.toContain(operator.organizationId);
      const names = [...text.matchAll(/^# TYPE (rollcall_\S+) (\w+)$/gm)];
      for (const [, name = '', type] of names) {
        expect(name.endsWith('_total'), name).toBe(type === 'counter');
        expect(name, name).not.toMatch(/_(ms|milliseconds|kb|mb|percent)$/);
      }
      expect(names.length).toBeGreaterThan(10);
    }));
});

describe('frames', () => {
  it('are taken while every connection for lists is in use', () =>
    using({}, async (gateway) => {
      const frame = { source_type: 'camera', source_id: 'busy', timestamp: '2025-03-03T08:59:12.000Z' };
      const json = { ...frame, image: jpegFile().toString('base64') };
      const waiting = /pool="calls",state="waiting"[^}]*\} [1-9]/;
      // Lists that wait for the lock too long are answered 503 and give their connections back: on a slow machine that may come
      // before the frame's answer, and another round is made. With one pool for both it would come before in every round.
      await waitUntil('a frame is taken before any list is answered', async () => {
        const reader = await db.owner.connect();
        let answered = 0;
        const lists: Promise<void>[] = [];
        try {
          await reader.query('begin; lock table audit_logs in access exclusive mode');
          for (let list = 0; list < 12; list += 1) {
            const call = gateway.call('GET', '/v1/ops/get-logs', { as: operator });
            lists.push(call.then(() => void (answered += 1)));
          }
          await waitUntil('the lists to use them up', async () =>
            waiting.test((await gateway.call('GET', '/metrics')).text),
          );
          const { status } = await gateway.call('POST', '/faces/recognize', { as: operator, json });
          return status === 202 && answered === 0;
        } finally {
          await reader.query('rollback');
          reader.release();
          await Promise.all(lists);
        }
      });
    }));
});

describe('the storage', () => {
  it('of another installation is not used: the gateway does not start', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-foreign-'));
    try {
      await writeFile(join(folder, STORAGE_MARKER), '{"installation":"another"}');
      await expect(startTestGateway(db, { env: { STORAGE_ROOT: folder } })).rejects.toThrow(
        'belongs to another installation',
      );
      expect(await readdir(folder)).toEqual([STORAGE_MARKER]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('uploads', () => {
  it('that are too much at once are refused before they are read, and taken when there is room again', () =>
    using({ UPLOAD_BUDGET_MB: '16' }, async (gateway) => {
      const announced = 8_000_000;
      const { id } = await buildOrganization(db.owner);
      const stranger = await buildPrincipal(db, id, 'OPERATOR');
      const begin = (): ClientRequest => {
        const call = httpRequest(`${gateway.url}/faces/recognize`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${gateway.tokenOf(operator)}`,
            'content-type': 'application/json',
            'content-length': announced,
          },
        });
        call.on('error', () => undefined);
        call.write('{');
        return call;
      };
      const used = async () =>
        Number(/^rollcall_upload_bytes\S* (\d+)$/m.exec((await gateway.call('GET', '/metrics')).text)?.[1]);
      const first = begin();
      await waitUntil('the first to be read', async () => (await used()) === announced);
      const json = {
        source_type: 'camera',
        source_id: 'c',
        timestamp: new Date().toISOString(),
        image: 'A'.repeat(7_900_000),
      };
      const refused = await gateway.call('POST', '/faces/recognize', { as: operator, json });
      expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
        503,
        'SERVICE_UNAVAILABLE',
        '1',
      ]);
      // No organization takes all of it: there is room for another one's.
      expect((await gateway.call('POST', '/faces/recognize', { as: stranger, json })).status).not.toBe(503);
      // Calls without uploads are not concerned.
      expect((await gateway.call('GET', '/v1/auth/me', { as: operator })).status).toBe(200);
      first.destroy();
      await waitUntil('the room to be free', async () => (await used()) === 0);
      expect((await gateway.call('POST', '/faces/recognize', { as: operator, json })).status).not.toBe(503);
      expect(await used()).toBe(0);
    }));
});
