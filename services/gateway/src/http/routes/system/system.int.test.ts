import type { SystemHealthOut, SystemLogOut } from '@rollcall/contracts';
import { recordHeartbeat } from '@rollcall/postgres';
import { createSystemLog } from '@rollcall/service-kit';
import { buildOrganization, createTestDatabase, waitUntil, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let db: TestDatabase;
let gateway: TestGateway;
let admin: BuiltUser;
let operator: BuiltUser;
let stranger: BuiltUser;

beforeAll(async () => {
  db = await createTestDatabase();
  const mine = (await buildOrganization(db.owner)).id;
  const theirs = (await buildOrganization(db.owner)).id;
  admin = await buildPrincipal(db, mine, 'ADMIN');
  operator = await buildPrincipal(db, mine, 'OPERATOR');
  stranger = await buildPrincipal(db, theirs, 'ADMIN');
  gateway = await startTestGateway(db);
});
afterAll(async () => {
  await gateway.close();
  await db.close();
});
afterEach(() => db.owner.query('delete from system_logs'));

async function health(as: BuiltUser = admin): Promise<SystemHealthOut> {
  const { status, body } = await gateway.call<SystemHealthOut>('GET', '/v1/admin/system-health', { as });
  expect(status).toBe(200);
  return body.data;
}

describe('GET /v1/admin/system-health', () => {
  it('is for admins', async () => {
    expect((await gateway.call('GET', '/v1/admin/system-health', { as: operator })).status).toBe(403);
    expect((await gateway.call('GET', '/v1/admin/system-health')).status).toBe(401);
  });

  it('says what is missing, and shows this gateway by its heartbeat', async () => {
    await waitUntil('the heartbeat', async () => (await health()).parts.gateways.figures?.alive === 1);
    const { state, parts } = await health();
    expect(state).toBe('failed');
    expect(parts.database).toMatchObject({ state: 'ok', figures: { pool_waiting: 0 } });
    expect(parts.database.figures?.size_bytes).toBeGreaterThan(1_000_000);
    expect(parts.storage).toMatchObject({ figures: { writable: true, deletions_waiting: 0 } });
    expect(parts.face_workers).toMatchObject({ state: 'failed', message: 'none is alive: frames wait' });
    expect(parts.projector).toMatchObject({ state: 'failed', figures: { alive: 0, lag_seconds: null } });
    expect(parts.models.state).toBe('failed');
  });

  it('shows workers with their figures, and those that fell silent', async () => {
    const figures = {
      model_id: 'm',
      synthetic: true,
      children: 2,
      in_hand: 1,
      gallery_versions: { [stranger.organizationId]: 9 },
    };
    const beat = { kind: 'face-worker', startedAt: new Date(), figures } as const;
    const [alive, silent] = [uuidV7(), uuidV7()];
    await recordHeartbeat(db.system, { ...beat, workerId: alive });
    await recordHeartbeat(db.system, { ...beat, workerId: silent });
    await db.system.query(`update worker_heartbeats set beat_at = now() - interval '1 minute' where worker_id = $1`, [
      silent,
    ]);
    const { face_workers: workers, models } = (await health()).parts;
    expect(workers).toMatchObject({ state: 'degraded', message: '1 fell silent', figures: { alive: 1, silent: 1 } });
    const told = workers.figures?.processes.find(({ worker_id }) => worker_id === alive);
    expect(told).toMatchObject({ children: 2, in_hand: 1, gallery_version: null });
    expect((await health(stranger)).parts.face_workers.figures?.processes[0]).toMatchObject({ gallery_version: 9 });
    expect(models.figures).toMatchObject({ in_use: ['m'], synthetic: true });
  });

  it('tells what it can when the storage cannot be written', async () => {
    const broken = await startTestGateway(db, { env: { STORAGE_ROOT: `${import.meta.filename}/below-a-file` } });
    try {
      const { body } = await broken.call<SystemHealthOut>('GET', '/v1/admin/system-health', { as: admin });
      expect(body.data.parts.storage).toMatchObject({ state: 'failed', message: 'cannot be written' });
      expect(body.data.parts.database.state).toBe('ok');
    } finally {
      await broken.close();
    }
  });
});

describe('GET /v1/admin/system-logs', () => {
  const list = (query = '', as: BuiltUser = admin) =>
    gateway.call<SystemLogOut[]>('GET', `/v1/admin/system-logs${query}`, { as });

  it('is for admins, and refuses rubbish', async () => {
    expect((await list('', operator)).status).toBe(403);
    for (const query of [
      '?level=info',
      '?level=',
      '?service=postgres',
      '?cursor=rubbish',
      '?limit=0',
      '?from=yesterday',
      '?colour=red',
    ]) {
      expect((await list(query)).status, query).toBe(422);
    }
  });

  it('lists lines newest first, page by page, filtered', async () => {
    const lines = ['warn', 'error', 'fatal', 'warn', 'error'].map((level, index) => ({
      ...{ level, service: index < 3 ? 'gateway' : 'face-worker', code: `C${String(index)}`, message: 'm' },
      organization_id: admin.organizationId,
      context: { index },
    }));
    await db.gateway.query('select write_system_logs($1::jsonb)', [JSON.stringify(lines)]);
    const first = await list('?limit=2');
    expect(first.body.data.map(({ code, scope }) => [code, scope])).toEqual([
      ['C4', 'organization'],
      ['C3', 'organization'],
    ]);
    const next = await list(`?limit=200&cursor=${String(first.body.meta.next_cursor)}`);
    expect(next.body.data.map(({ code }) => code)).toEqual(['C2', 'C1', 'C0']);
    expect(next.body.meta.next_cursor).toBeNull();
    expect((await list('?level=error,fatal&service=gateway')).body.data.map(({ code }) => code)).toEqual(['C2', 'C1']);
    expect((await list('', stranger)).body.data).toEqual([]);
  });

  it("gets a gateway's own warnings, without secrets", async () => {
    const systemLog = createSystemLog({ gatherMs: 1 });
    const warned = await startTestGateway(db, { options: { systemLog } });
    try {
      const line = {
        level: 'error',
        time: new Date().toISOString(),
        service: 'gateway',
        msg: 'it broke',
        err: { message: 'to postgres://u:secret@h/d' },
      };
      systemLog.stream.write(JSON.stringify({ ...line, organization_id: admin.organizationId }));
      await waitUntil('the line', async () => (await list('?level=error')).body.data.length === 1);
      const [told] = (await list('?level=error')).body.data;
      expect(told).toMatchObject({ code: 'IT_BROKE', message: 'it broke', repeats: 1 });
      expect(JSON.stringify(told)).not.toContain('secret');
      expect((await list('', stranger)).body.data).toEqual([]);
    } finally {
      await warned.close();
    }
  });
});
