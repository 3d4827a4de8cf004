import type { AssignmentOut, FaceOut, UnknownFaceOut } from '@rollcall/contracts';
import { buildOrganization, checkedFetch, createTestDatabase, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPrincipal, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';
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

const list = (query = '', as = scene.operator) =>
  gateway.call<UnknownFaceOut[]>('GET', `/v1/ops/unknown-faces${query}`, { as });
const post = (path: string, json?: unknown, headers: Record<string, string> = {}, as = scene.operator) =>
  gateway.call<AssignmentOut>('POST', `/v1/ops/${path}`, { as, headers, ...(json === undefined ? {} : { json }) });

async function galleryVersion(): Promise<number> {
  const { rows } = await database.owner.query<{ version: string }>(
    'select version from galleries where organization_id = $1',
    [scene.organizationId],
  );
  return Number(rows[0]?.version);
}

describe('GET /v1/ops/unknown-faces', () => {
  it('lists groups with their count, times and best picture, the ones seen last first, page by page', async () => {
    const [a, b] = [
      await scene.see({ at: '2025-03-03T09:00:00.000Z' }),
      await scene.see({ at: '2025-03-03T17:00:00.000Z' }),
    ];
    const early = await scene.group(await scene.see({ at: '2025-03-02T09:00:00.000Z' }));
    const late = await scene.group(a, b);
    expect((await list()).body.data).toEqual([
      {
        ...{ unknown_face_id: late, sighting_count: 2, best_review_id: a, crop_url: `/v1/ops/reviews/${a}/crop` },
        ...{ first_seen_at: '2025-03-03T09:00:00.000Z', last_seen_at: '2025-03-03T17:00:00.000Z', model: 'test-model' },
      },
      expect.objectContaining({ unknown_face_id: early, sighting_count: 1 }),
    ]);
    const first = await list('?limit=1');
    const second = await list(`?limit=1&cursor=${first.body.meta.next_cursor ?? ''}`);
    expect(second.body.data).toMatchObject([{ unknown_face_id: early }]);
    expect(second.body.meta.next_cursor).toBeNull();
    const stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
    expect((await list('', stranger)).body.data).toEqual([]);
    const theirs = { user_id: stranger.id };
    expect((await post(`unknown-faces/${late}/assign`, theirs, {}, stranger)).status).toBe(404);
    expect((await post(`unknown-faces/${late}/reject`, undefined, {}, stranger)).status).toBe(404);
  });
});

describe('this is X', () => {
  const clear = { blur: 300, size: 200, yaw: 0, pitch: 0, roll: 0 };
  const poor = { blur: 12, size: 30, yaw: 30, pitch: 0, roll: 0 };

  it('enrols the best of a group, each with a picture of its own, and gives all of its sightings', async () => {
    const reviews = [
      await scene.see({ at: '2025-03-04T09:00:00.000Z', quality: poor }),
      await scene.see({ at: '2025-03-03T09:00:00.000Z', quality: clear }),
      await scene.see({ at: '2025-03-03T08:00:00.000Z', quality: clear }),
    ];
    const group = await scene.group(...reviews);
    const answer = await post(`unknown-faces/${group}/assign`, { user_id: scene.ben.id });
    expect(answer.body).toMatchObject({
      code: 'UNKNOWN_FACE_ASSIGNED',
      data: { user_id: scene.ben.id, sightings: 3, remaining: 0, gallery_version: 2 },
    });
    const faces = await scene.facesOf(scene.ben.id);
    expect(faces.map(({ id }) => id).toSorted()).toEqual(answer.body.data.face_ids.toSorted());
    expect(faces).toHaveLength(2);
    expect(Buffer.from(await scene.objects.get(faces[0]?.object_key ?? ''))).toEqual(TINY_JPEG);
    const [event] = await scene.events('unknown_face.assigned');
    expect(event).toMatchObject({ actor: `user:${scene.operator.id}`, payload: { unknown_face_id: group } });
    const told = event?.payload['sightings'] as { captured_at: string; review_id: string }[];
    expect(told.map(({ review_id }) => review_id)).toEqual([reviews[2], reviews[1], reviews[0]]);
    expect(JSON.stringify(event?.payload)).not.toContain('embedding');
    expect((await list()).body.data).toEqual([]);
    const listed = await gateway.call<FaceOut[]>('GET', `/v1/ops/user/${scene.ben.id}/faces`, { as: scene.operator });
    expect(listed.body.data.map(({ origin }) => origin)).toEqual(['sighting', 'sighting']);
  });

  it('is erased like any face, and the crop stays the sighting’s', async () => {
    const review = await scene.see({ quality: poor });
    const { body } = await post(`reviews/${review}/assign`, { user_id: scene.ben.id });
    expect(body).toMatchObject({ code: 'REVIEW_ASSIGNED', data: { sightings: 1, gallery_version: 2 } });
    const faceId = body.data.face_ids[0] ?? '';
    expect((await gateway.call('DELETE', `/faces/${faceId}`, { as: scene.operator })).status).toBe(200);
    expect(await galleryVersion()).toBe(3);
    const { rows } = await database.owner.query('select object_key from object_deletions where organization_id = $1', [
      scene.organizationId,
    ]);
    expect(rows).toHaveLength(1);
    const crop = await checkedFetch(`${gateway.url}/v1/ops/reviews/${review}/crop`, {
      headers: { authorization: `Bearer ${gateway.tokenOf(scene.operator)}` },
    });
    expect(crop.status).toBe(200);
  });

  it('takes only what it is told to, and nothing is enrolled when nothing is to be', async () => {
    const [one, two] = [await scene.see(), await scene.see()];
    const group = await scene.group(one, two);
    const json = { user_id: scene.ben.id, enrol: false, review_ids: [two, uuidV7()] };
    expect((await post(`unknown-faces/${group}/assign`, json)).body.data).toEqual({
      ...{ user_id: scene.ben.id, sightings: 1, remaining: 1, face_ids: [], gallery_version: null },
    });
    expect(await galleryVersion()).toBe(1);
    expect((await list()).body.data).toMatchObject([
      { unknown_face_id: group, sighting_count: 1, best_review_id: one },
    ]);
  });

  it('happens once, whoever says it and however often, and leaves no picture behind', async () => {
    const group = await scene.group(await scene.see(), await scene.see());
    const before = (await gateway.storedFiles()).length;
    const answers = await Promise.all([
      post(`unknown-faces/${group}/assign`, { user_id: scene.ada.id }, { 'Idempotency-Key': 'a' }),
      post(`unknown-faces/${group}/assign`, { user_id: scene.ben.id }, { 'Idempotency-Key': 'b' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    const events = await scene.events('unknown_face.assigned');
    expect(events).toHaveLength(1);
    const [key, user] = answers[0].status === 200 ? ['a', scene.ada.id] : ['b', scene.ben.id];
    const again = await post(`unknown-faces/${group}/assign`, { user_id: user }, { 'Idempotency-Key': key });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body.data).toEqual(answers.find(({ status }) => status === 200)?.body.data);
    expect(await scene.events('unknown_face.assigned')).toHaveLength(1);
    expect((await gateway.storedFiles()).length - before).toBe(again.body.data.face_ids.length);
  });

  it('still gives attendance when the pictures are gone, and finds no person who is not there', async () => {
    const review = await scene.see({ crop_key: `${scene.organizationId}/2025-03/${uuidV7()}` });
    expect(await post(`reviews/${review}/assign`, { user_id: uuidV7() })).toMatchObject({
      status: 404,
      body: { code: 'USER_NOT_FOUND' },
    });
    expect((await post(`reviews/${review}/assign`, { user_id: scene.ben.id })).body.data).toMatchObject({
      ...{ sightings: 1, face_ids: [], gallery_version: null },
    });
    expect((await post(`reviews/${uuidV7()}/assign`, { user_id: scene.ben.id })).status).toBe(404);
  });
});

it('a stranger can be put aside, once', async () => {
  const reviews = [await scene.see(), await scene.see()];
  const group = await scene.group(...reviews);
  expect((await post(`unknown-faces/${group}/reject`)).body).toMatchObject({
    ...{ code: 'UNKNOWN_FACE_REJECTED', data: { unknown_face_id: group, sightings: 2, remaining: 0 } },
  });
  expect((await scene.events('unknown_face.dismissed'))[0]?.payload).toEqual({
    ...{ unknown_face_id: group, review_ids: reviews.toSorted() },
  });
  expect((await post(`unknown-faces/${group}/reject`)).status).toBe(404);
  expect((await list()).body.data).toEqual([]);
});
