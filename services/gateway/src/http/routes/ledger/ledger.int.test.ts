import type { FailedRequestOut, LedgerOut, RequestTraceOut } from '@rollcall/contracts';
import {
  buildFace,
  buildOrganization,
  buildSource,
  buildUser,
  createTestDatabase,
  matchingFace,
  queryValue,
  recognitionResult,
  resultFace,
  submitRecognition,
  type BuiltSource,
  type BuiltUser,
  type ResultFace,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

const worker = uuidV7();
let db: TestDatabase;
let gateway: TestGateway;
let organizationId: string;
let admin: BuiltUser;
let source: BuiltSource;

beforeAll(async () => {
  db = await createTestDatabase();
  gateway = await startTestGateway(db);
});
afterAll(async () => {
  await gateway.close();
  await db.close();
});
beforeEach(async () => {
  organizationId = (await buildOrganization(db.owner)).id;
  admin = await buildPrincipal(db, organizationId, 'ADMIN');
  source = await buildSource(db.owner, organizationId);
});

async function claim(): Promise<void> {
  await db.system.query(`select claim_recognitions($1, 50, '60 s')`, [worker]);
}

async function complete(id: string, faces: readonly ResultFace[]): Promise<void> {
  await db.system.query('select complete_recognitions($1, $2::jsonb)', [
    worker,
    JSON.stringify([recognitionResult(id, faces)]),
  ]);
}

async function submitAndFail(reason = 'IMAGE_DAMAGED'): Promise<string> {
  const { id } = await submitRecognition(db.gateway, source);
  await claim();
  await db.system.query(`select fail_request($1, 'recognition', $2, $3, $4, false)`, [worker, id, reason, uuidV7()]);
  return id;
}

/** As the projector does it when it has written what follows from all that can be read. */
async function projectAll(): Promise<void> {
  await db.system.query(
    `insert into projection_checkpoints (projection, organization_id, epoch, xid, position)
     select 'attendance', organization_id, epoch, xid, position from events where organization_id = $1
     order by epoch desc, xid desc, position desc limit 1
     on conflict (projection, organization_id) do update
     set epoch = excluded.epoch, xid = excluded.xid, position = excluded.position`,
    [organizationId],
  );
}

async function ledger(query = ''): Promise<LedgerOut> {
  const { status, body } = await gateway.call<LedgerOut>('GET', `/v1/admin/ledger${query}`, { as: admin });
  expect(status).toBe(200);
  return body.data;
}

const post = (id: string, what: 'requeue' | 'discard', as = admin) =>
  gateway.call<FailedRequestOut>('POST', `/v1/admin/failed-requests/${id}/${what}`, { as });

async function failed(query = '', as = admin) {
  const { status, body } = await gateway.call<FailedRequestOut[]>('GET', `/v1/admin/failed-requests${query}`, { as });
  expect(status).toBe(200);
  return body;
}

describe('GET /v1/admin/ledger', () => {
  it('counts each frame once by what it came to, and what is not decided or not projected yet', async () => {
    const person = await buildUser(db.owner, organizationId);
    const face = await buildFace(db.owner, person);
    const ids: string[] = [];
    for (let index = 0; index < 6; index += 1) ids.push((await submitRecognition(db.gateway, source)).id);
    await claim();
    const review = { decision: 'review', review_id: uuidV7(), review_kind: 'uncertain', user_id: person.id } as const;
    await complete(ids[0]!, [
      resultFace({ decision: 'rejected', reason: 'FACE_TOO_SMALL' }),
      matchingFace(face, { index: 1 }),
    ]);
    await complete(ids[1]!, [resultFace(), resultFace({ ...review, index: 1 })]);
    await complete(ids[2]!, [resultFace()]);
    await complete(ids[3]!, []);
    await projectAll();
    await complete(ids[4]!, [resultFace({ decision: 'rejected', reason: 'FACE_TOO_SMALL' })]);
    await submitAndFail('PIPELINE_CRASHED');
    await submitRecognition(db.gateway, source, { expires_at: '2025-03-03T09:00:00Z' });
    await claim();
    const { recognitions, registrations, oldest_gap, events_skipped } = await ledger();
    expect(recognitions).toMatchObject({
      ...{ accepted: 8, decided: 7, projected: 6, failed_because: { PIPELINE_CRASHED: 1 } },
      decided_as: { matched: 1, review: 1, unknown: 1, rejected: 1, no_face: 1, failed: 1, expired: 1, discarded: 0 },
      gap: { undecided: 1, unprojected: 1 },
    });
    expect(registrations).toMatchObject({ accepted: 0, gap: { undecided: 0, unprojected: 0 } });
    expect(oldest_gap).toMatchObject({ limit_seconds: 900, over_limit: false });
    expect(oldest_gap.undecided_seconds).toBeGreaterThanOrEqual(0);
    expect(oldest_gap.unprojected_seconds).toBeGreaterThanOrEqual(0);
    expect(events_skipped).toBe(0);
    await complete(ids[5]!, []);
    await projectAll();
    expect(await ledger()).toMatchObject({
      recognitions: {
        accepted: 8,
        decided: 8,
        projected: 8,
        gap: { undecided: 0, unprojected: 0, undecided_since: null },
      },
      oldest_gap: { undecided_seconds: null, unprojected_seconds: null },
    });
  });

  it('tells apart frames of one transaction of which the projection has taken in a part', async () => {
    const [first, second] = [await submitRecognition(db.gateway, source), await submitRecognition(db.gateway, source)];
    await claim();
    const results = [first, second].map(({ id }) => recognitionResult(id, []));
    await db.system.query('select complete_recognitions($1, $2::jsonb)', [worker, JSON.stringify(results)]);
    await db.system.query(
      `insert into projection_checkpoints (projection, organization_id, epoch, xid, position)
       select 'attendance', organization_id, epoch, xid, position from events where subject = $1 and type = 'recognition.completed'`,
      [`recognitions/${first.id}`],
    );
    expect((await ledger()).recognitions).toMatchObject({ decided: 2, projected: 1, gap: { unprojected: 1 } });
  });

  it('tells how many events were passed over', async () => {
    await db.owner.query(
      `insert into projection_skips (projection, organization_id, event_id, event_type, failure, reason, skipped_by)
       values ('attendance', $1, gen_random_uuid(), 'recognition.completed', 'SCHEMA', 'seen', 'user:1')`,
      [organizationId],
    );
    expect((await ledger()).events_skipped).toBe(1);
  });

  it('counts the span by when frames were taken in, and says when the oldest gap is over the limit', async () => {
    await submitRecognition(db.gateway, source, { received_at: '2025-03-03T09:00:00Z' });
    expect((await ledger()).recognitions.accepted).toBe(0);
    const span = '?from=2025-03-03T09:00:00Z&to=2025-03-03T09:00:01Z';
    expect(await ledger(span)).toMatchObject({ recognitions: { accepted: 1 }, oldest_gap: { over_limit: true } });
    expect((await ledger('?from=2025-03-03T08:00:00Z&to=2025-03-03T09:00:00Z')).recognitions.accepted).toBe(0);
    const call = (query: string) => gateway.call('GET', `/v1/admin/ledger?${query}`, { as: admin });
    expect((await call('from=2025-03-03T09:00:00Z&to=2025-03-03T09:00:00Z')).status).toBe(422);
    expect((await call('from=2025-01-03T09:00:00Z&to=2025-03-03T09:00:00Z')).status).toBe(422);
  });

  it('holds together while others commit: never more decided than accepted, nor more projected than decided', async () => {
    const work = (async () => {
      for (let round = 0; round < 25; round += 1) {
        const frames = await Promise.all([1, 2, 3].map(() => submitRecognition(db.gateway, source)));
        await claim();
        await Promise.all(frames.map(({ id }) => complete(id, [])));
        await projectAll();
      }
      return 'done' as const;
    })();
    let looks = 0;
    const look = async () => {
      const { accepted, decided, projected, decided_as } = (await ledger()).recognitions;
      expect(decided).toBeLessThanOrEqual(accepted);
      expect(projected).toBeLessThanOrEqual(decided);
      expect(decided_as['no_face']).toBe(decided);
      looks += 1;
      return 'looked' as const;
    };
    while ((await Promise.race([work, look()])) !== 'done');
    await work;
    expect(looks).toBeGreaterThan(0);
    expect((await ledger()).recognitions).toMatchObject({ accepted: 75, decided: 75, projected: 75 });
  });
});

describe('GET /v1/admin/ledger/{request_id}', () => {
  it('follows a frame to its event and faces; a foreign one is not there', async () => {
    const { id, correlation_id } = await submitRecognition(db.gateway, source);
    const path = `/v1/admin/ledger/${id}`;
    const trace = async () => (await gateway.call<RequestTraceOut>('GET', path, { as: admin })).body.data;
    expect(await trace()).toMatchObject({
      status: 'queued',
      projected: false,
      faces: [],
      events: [{ type: 'recognition.requested' }],
    });
    await claim();
    const face = resultFace();
    await complete(id, [face]);
    expect(await trace()).toMatchObject({
      ...{ status: 'completed', outcome: 'unknown', projected: false, correlation_id },
      faces: [{ recognized_face_id: face.id, decision: 'unknown', attendance_log_id: null }],
      events: [{ type: 'recognition.requested' }, { type: 'recognition.completed' }],
    });
    await projectAll();
    expect((await trace()).projected).toBe(true);
    const stranger = await buildPrincipal(db, (await buildOrganization(db.owner)).id, 'ADMIN');
    expect((await gateway.call('GET', path, { as: stranger })).status).toBe(404);
  });
});

describe('failed requests', () => {
  it('are listed with their reason, page by page, filtered', async () => {
    const crashed = await submitAndFail('PIPELINE_CRASHED');
    const damaged = await submitAndFail();
    const first = await failed('?limit=1');
    expect(first.data).toMatchObject([
      { request_id: damaged, reason: 'IMAGE_DAMAGED', status: 'failed', can_requeue: true },
    ]);
    const next = await failed(`?limit=1&cursor=${String(first.meta.next_cursor)}`);
    expect(next.data.map(({ request_id }) => request_id)).toEqual([crashed]);
    expect(next.meta.next_cursor).toBeNull();
    expect((await failed('?reason=PIPELINE_CRASHED')).data.map(({ request_id }) => request_id)).toEqual([crashed]);
    expect((await failed('?status=expired')).data).toEqual([]);
    expect((await failed('?kind=registration')).data).toEqual([]);
  });

  it('are put into the queue again, once, with all their attempts, and their way shows both ends', async () => {
    const id = await submitAndFail('PIPELINE_CRASHED');
    const first = await post(id, 'requeue');
    expect(first.body).toMatchObject({
      code: 'REQUEST_REQUEUED',
      data: { status: 'queued', reason: null, attempts: 0, times_requeued: 1 },
    });
    const again = await post(id, 'requeue');
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    const requeued = `select count(*)::int from events where type = 'request.requeued' and subject = $1`;
    expect(await queryValue(db.owner, requeued, [`recognitions/${id}`])).toBe(1);
    expect((await failed()).data).toEqual([]);
    expect((await ledger()).recognitions).toMatchObject({ accepted: 1, decided: 0, gap: { undecided: 1 } });
    await claim();
    await complete(id, []);
    expect((await post(id, 'requeue')).body.code).toBe('REQUEST_NOT_FAILED');
    const { body } = await gateway.call<RequestTraceOut>('GET', `/v1/admin/ledger/${id}`, { as: admin });
    expect(body.data).toMatchObject({
      requeued: [{ had_ended_as: 'failed', reason: 'PIPELINE_CRASHED', by: `user:${admin.id}` }],
      events: ['recognition.requested', 'recognition.failed', 'request.requeued', 'recognition.completed'].map(
        (type) => ({ type }),
      ),
    });
  });

  it('are put aside, once, and count as discarded', async () => {
    const id = await submitAndFail();
    expect((await post(id, 'discard')).body.data).toMatchObject({ status: 'failed', discarded_by: `user:${admin.id}` });
    expect((await post(id, 'discard')).headers.get('idempotency-replayed')).toBe('true');
    expect((await post(id, 'requeue')).body.code).toBe('REQUEST_PUT_ASIDE');
    expect((await failed()).data).toEqual([]);
    expect((await failed('?discarded=yes')).data).toMatchObject([{ request_id: id, can_requeue: false }]);
    expect((await ledger()).recognitions).toMatchObject({
      decided: 1,
      projected: 1,
      decided_as: { failed: 0, discarded: 1 },
    });
  });

  it('of others are not there, and those that are at work cannot be touched', async () => {
    const stranger = await buildPrincipal(db, (await buildOrganization(db.owner)).id, 'ADMIN');
    const id = await submitAndFail();
    for (const what of ['requeue', 'discard'] as const) {
      expect((await post(id, what, stranger)).status).toBe(404);
      expect((await post(uuidV7(), what)).status).toBe(404);
    }
    expect((await failed('', stranger)).data).toEqual([]);
    const waiting = await submitRecognition(db.gateway, source);
    expect((await post(waiting.id, 'requeue')).body.code).toBe('REQUEST_NOT_FAILED');
    expect((await post(waiting.id, 'discard')).body.code).toBe('REQUEST_NOT_FAILED');
  });
});
