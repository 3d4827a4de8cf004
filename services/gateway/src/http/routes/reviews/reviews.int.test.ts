import type { ReviewOut } from '@rollcall/contracts';
import { withOrganization } from '@rollcall/postgres';
import { buildOrganization, checkedFetch, createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type Answer, type TestGateway } from '../../../testing/test-gateway.test.js';
import { buildReviewScene, TINY_JPEG, type ReviewScene } from './review-scene.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let scene: ReviewScene;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});
beforeEach(async () => {
  scene = await buildReviewScene(database, gateway);
});
afterAll(async () => {
  await gateway.close();
  await database.close();
});

const list = (query = '', as = scene.operator) => gateway.call<ReviewOut[]>('GET', `/v1/ops/reviews${query}`, { as });
const ids = ({ body }: Answer<ReviewOut[]>) => body.data.map(({ review_id }) => review_id);
const post = <Data = ReviewOut>(
  path: string,
  json: unknown = {},
  headers: Record<string, string> = {},
  as = scene.operator,
) => gateway.call<Data>('POST', `/v1/ops/reviews/${path}`, { as, json, headers });

describe('GET /v1/ops/reviews', () => {
  it('shows the candidates with their scores, the frame and where the face is to be seen', async () => {
    const id = await scene.seeDouble();
    const [review] = (await list()).body.data;
    expect(review).toMatchObject({
      ...{ review_id: id, kind: 'uncertain', status: 'open', captured_at: '2025-03-03T09:00:00.000Z' },
      ...{ reason: 'BELOW_MATCH_THRESHOLD', similarity: 0.42, margin: 0.2, match_threshold: 0.45, decision: null },
      source: { id: scene.source.id },
      candidates: [
        { user_id: scene.ada.id, full_name: 'Ada', similarity: 0.42, is_deleted: false },
        { user_id: scene.ben.id, full_name: 'Ben', similarity: 0.22 },
      ],
      crop_url: `/v1/ops/reviews/${id}/crop`,
    });
    expect((await gateway.call('GET', `/v1/ops/reviews/${id}`, { as: scene.operator })).body.data).toEqual(review);
  });

  it('lists by state, kind, source, time and group, newest first, page by page', async () => {
    const known = await scene.seeDouble({ at: '2025-03-03T10:00:00.000Z' });
    const [one, two] = [await scene.see(), await scene.see({ at: '2025-03-04T09:00:00.000Z' })];
    const group = await scene.group(one);
    expect(ids(await list())).toEqual([two, one, known]);
    expect(ids(await list('?kind=review'))).toEqual([known]);
    expect(ids(await list('?kind=unknown'))).toEqual([two, one]);
    expect(ids(await list(`?unknown_face_id=${group}`))).toEqual([one]);
    expect(ids(await list('?from=2025-03-03T10:00:00Z&to=2025-03-04T09:00:00Z'))).toEqual([known]);
    expect(ids(await list(`?source_id=${scene.source.id}&limit=1`))).toEqual([two]);
    expect(ids(await list(`?source_id=${uuidV7()}`))).toEqual([]);
    const cursor = (await list('?limit=2')).body.meta.next_cursor ?? '';
    expect(ids(await list(`?limit=2&cursor=${cursor}`))).toEqual([known]);
    await post(`${one}/reject`);
    expect(ids(await list('?status=rejected'))).toEqual([one]);
    expect(ids(await list())).toEqual([two, known]);
  });

  it('shows nothing to another organization, and nothing can be decided there', async () => {
    const id = await scene.seeDouble();
    const stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
    expect(ids(await list('', stranger))).toEqual([]);
    for (const path of [`/v1/ops/reviews/${id}`, `/v1/ops/reviews/${id}/crop`]) {
      expect((await gateway.call('GET', path, { as: stranger })).status, path).toBe(404);
    }
    const own = { user_id: stranger.id };
    for (const [path, json] of [
      ['confirm', own],
      ['confirm', {}],
      ['reject', {}],
      ['assign', own],
    ] as const) {
      expect((await post(`${id}/${path}`, json, {}, stranger)).status, path).toBe(404);
    }
    expect(ids(await list())).toEqual([id]);
  });

  it('is not for everybody', async () => {
    const user = await buildPrincipal(database, scene.organizationId, 'USER');
    expect((await list('', user)).status).toBe(403);
  });
});

describe('the face of a sighting', () => {
  it('is shown after the look is in the trail', async () => {
    const id = await scene.seeDouble();
    const path = `/v1/ops/reviews/${id}/crop`;
    const response = await checkedFetch(gateway.url + path, {
      headers: { authorization: `Bearer ${gateway.tokenOf(scene.operator)}` },
    });
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(TINY_JPEG);
    const [viewed] = await scene.events('review.viewed');
    expect(viewed).toMatchObject({ actor: `user:${scene.operator.id}`, payload: { review_id: id } });
    const bare = await scene.see({ crop_key: null, crop_sha256: null });
    expect((await gateway.call('GET', `/v1/ops/reviews/${bare}/crop`, { as: scene.operator })).body.code).toBe(
      'OBJECT_NOT_FOUND',
    );
  });
});

describe('confirm', () => {
  it('gives the candidate the sighting and tells it with the operator', async () => {
    const id = await scene.seeDouble();
    const answer = await post(`${id}/confirm`);
    expect(answer.body.data).toMatchObject({
      ...{ review_id: id, status: 'confirmed' },
      decision: { user_id: scene.ada.id, decided_by: scene.operator.id },
    });
    const [event] = await scene.events('review.confirmed');
    expect(event).toMatchObject({
      actor: `user:${scene.operator.id}`,
      payload: { review_id: id, user_id: scene.ada.id, source_id: scene.source.id, kind: 'uncertain' },
    });
    expect(JSON.stringify(event?.payload)).not.toMatch(/embedding|Ada/);
    const { rows } = await database.owner.query('select detail from audit_details where event_id = $1', [event?.id]);
    expect(rows).toMatchObject([{ detail: { after: { status: 'confirmed', user_id: scene.ada.id } } }]);
  });

  it('may name somebody else, and must for an unknown face', async () => {
    const [double, unknown] = [await scene.seeDouble(), await scene.see()];
    const named = await post(`${double}/confirm`, { user_id: scene.ben.id });
    expect(named.body.data).toMatchObject({
      decision: { user_id: scene.ben.id },
      candidates: [{ user_id: scene.ada.id }, { user_id: scene.ben.id }],
    });
    expect((await post(`${unknown}/confirm`)).body).toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ path: '/user_id', code: 'REQUIRED' }],
    });
    expect((await post(`${unknown}/confirm`, { user_id: scene.ben.id })).status).toBe(200);
  });

  it('is won by one of two operators; the other learns how it stands', async () => {
    const id = await scene.seeDouble();
    const answers = await Promise.all([post(`${id}/confirm`), post(`${id}/reject`)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const [won, lost] = answers.toSorted((a, b) => a.status - b.status);
    expect(lost?.body).toMatchObject({ code: 'REVIEW_DECIDED', data: { status: won?.body.data.status } });
    expect(await scene.events('review.confirmed')).toHaveLength(won?.body.data.status === 'confirmed' ? 1 : 0);
    expect((await post(`${id}/assign`, { user_id: scene.ben.id })).body).toMatchObject({
      ...{ code: 'REVIEW_DECIDED', data: { review_id: id } },
    });
  });

  it('answers a repeated call with the same key as the first time, and another body not at all', async () => {
    const id = await scene.seeDouble();
    const key = { 'Idempotency-Key': 'k-1' };
    const [first, again] = [await post(`${id}/confirm`, {}, key), await post(`${id}/confirm`, {}, key)];
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body.data).toEqual(first.body.data);
    expect((await post(`${id}/confirm`, { user_id: scene.ben.id }, key)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await scene.events('review.confirmed')).toHaveLength(1);
    // A refused call does not use up its key.
    const unknown = await scene.see();
    await post(`${unknown}/confirm`, {}, { 'Idempotency-Key': 'k-2' });
    expect((await post(`${id}/confirm`, {}, { 'Idempotency-Key': 'k-2' })).body.code).toBe('REVIEW_DECIDED');
  });

  it('finds nobody who was deleted meanwhile, and shows so', async () => {
    const id = await scene.seeDouble();
    await withOrganization(database.gateway, scene.organizationId, (client) =>
      client.query('select delete_user($1, $2, $3, $4)', [scene.ada.id, uuidV7(), 'user:1', uuidV7()]),
    );
    expect(await post(`${id}/confirm`)).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
    expect((await list()).body.data[0]?.candidates[0]).toMatchObject({ user_id: scene.ada.id, is_deleted: true });
    expect((await post(`${id}/confirm`, { user_id: scene.ben.id })).status).toBe(200);
  });

  it.each([[{ user_id: 'x' }], [{ user_id: null }], [{ user: 'x' }]])('refuses %j', async (json) => {
    expect(await post(`${await scene.seeDouble()}/confirm`, json)).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED' },
    });
  });
});

describe('reject', () => {
  it('remembers the face, tells the workers, and says so', async () => {
    const id = await scene.seeDouble();
    expect((await post(`${id}/reject`)).body.data).toMatchObject({
      ...{ status: 'rejected', decision: { user_id: scene.ada.id, decided_by: scene.operator.id } },
    });
    const { rows } = await database.owner.query(
      'select user_id, review_id from rejected_matches where organization_id = $1',
      [scene.organizationId],
    );
    expect(rows).toEqual([{ user_id: scene.ada.id, review_id: id }]);
    const [event] = await scene.events('review.rejected');
    expect(event?.payload).toMatchObject({ review_id: id, user_id: scene.ada.id, remembered: true });
    expect((await post(`${id}/reject`)).body.code).toBe('REVIEW_DECIDED');
  });

  it('can be forgotten, once, and is told', async () => {
    const id = await scene.seeDouble();
    expect((await post(`${id}/reject`)).body.data.decision).toMatchObject({ remembered: true });
    const forget = () => gateway.call<ReviewOut>('DELETE', `/v1/ops/reviews/${id}/rejection`, { as: scene.operator });
    const stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
    const foreign = await gateway.call('DELETE', `/v1/ops/reviews/${id}/rejection`, { as: stranger });
    expect(foreign.status).toBe(404);
    expect((await forget()).body.data).toMatchObject({ status: 'rejected', decision: { remembered: false } });
    expect((await forget()).status).toBe(404);
    const [event] = await scene.events('review.rejection_forgotten');
    expect(event?.payload).toEqual({ review_id: id, user_id: scene.ada.id });
    const { rows } = await database.owner.query(
      `select array_agg(op order by version) as ops from gallery_changes where organization_id = $1`,
      [scene.organizationId],
    );
    expect(rows).toEqual([{ ops: ['add', 'rejections', 'rejections'] }]);
  });

  it('remembers nothing when told not to, or of a stranger', async () => {
    await post(`${await scene.seeDouble()}/reject`, { remember: false });
    await post(`${await scene.see()}/reject`, { remember: true });
    const events = await scene.events('review.rejected');
    expect(events.map(({ payload }) => [payload['remembered'], payload['user_id']])).toEqual([
      [false, scene.ada.id],
      [false, null],
    ]);
  });
});
