import { withOrganization } from '@rollcall/postgres';
import {
  buildFace,
  buildOrganization,
  buildUser,
  createTestDatabase,
  queryValue,
  TEST_MODEL,
  waitUntilBlocked,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildReviewScene, type ReviewScene } from './review-fixture.test.js';

let db: TestDatabase;
let scene: ReviewScene;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  scene = await buildReviewScene(db);
});

describe('confirm_review', () => {
  it('ends a review once, as the candidate, and erases the embedding', async () => {
    const review = await scene.seeSomebodyLikeAda();
    const [first, second] = await Promise.all([scene.confirm(review), scene.confirm(review)]);
    expect([first?.status, second?.status].toSorted()).toEqual(['confirmed', 'decided']);
    const { sighting } = first?.status === 'confirmed' ? first : (second ?? {});
    expect(sighting).toMatchObject({
      ...{
        review_id: review,
        user_id: scene.ada.id,
        candidate_user_id: scene.ada.id,
        kind: 'uncertain',
        similarity: 0.42,
      },
      ...{ source_id: scene.source.id, model_id: TEST_MODEL, box: { x: 10, y: 20, width: 100, height: 120 } },
    });
    expect(await scene.statusOf(review)).toBe('confirmed');
    expect(await scene.vectorsLeft()).toBe(0);
  });

  it('may name somebody else, and remembers whom it was taken for', async () => {
    const ben = await buildUser(db.owner, scene.organization.id);
    const review = await scene.seeSomebodyLikeAda();
    expect((await scene.confirm(review, ben.id))?.sighting).toMatchObject({
      user_id: ben.id,
      candidate_user_id: scene.ada.id,
    });
  });

  it('wants a person for an unknown face, and one who is there', async () => {
    const review = await scene.see({});
    expect(await scene.confirm(review)).toEqual({ status: 'user_required' });
    expect(await scene.confirm(review, uuidV7())).toEqual({ status: 'user_gone' });
    const elsewhere = await buildUser(db.owner, (await buildOrganization(db.owner)).id);
    expect(await scene.confirm(review, elsewhere.id)).toEqual({ status: 'user_gone' });
    expect(await scene.confirm(review, scene.ada.id, elsewhere.organizationId)).toBeNull();
    expect(await scene.statusOf(review)).toBe('open');
  });

  it('gives nothing to a person who is being deleted', async () => {
    const review = await scene.seeSomebodyLikeAda();
    const { confirming } = await withOrganization(db.gateway, scene.organization.id, async (client) => {
      await client.query('select delete_user($1, $2, $3, $4)', [scene.ada.id, uuidV7(), 'user:1', uuidV7()]);
      const confirming = scene.confirm(review);
      await waitUntilBlocked(db);
      return { confirming };
    });
    expect(await confirming).toEqual({ status: 'user_gone' });
  });
});

describe('reject_review', () => {
  it('remembers the face and tells the workers', async () => {
    const review = await scene.seeSomebodyLikeAda();
    expect(await scene.reject(review)).toMatchObject({ status: 'rejected', remembered: true });
    expect(await scene.reject(review)).toEqual({ status: 'decided' });
    expect(await scene.confirm(review)).toEqual({ status: 'decided' });
    expect(await scene.rejections()).toBe(1);
    expect(await scene.vectorsLeft()).toBe(0);
    expect(await scene.changes()).toEqual(['1:add', '2:rejections']);
  });

  it('remembers nothing of strangers, of doubts about liveness, or when told not to', async () => {
    const doubtful = {
      decision: 'review',
      user_id: scene.ada.id,
      face_id: scene.adasFace.id,
      review_kind: 'liveness',
    } as const;
    expect(await scene.reject(await scene.see({}))).toMatchObject({ remembered: false });
    expect(await scene.reject(await scene.see(doubtful))).toMatchObject({ remembered: false });
    expect(await scene.reject(await scene.seeSomebodyLikeAda(), false)).toMatchObject({ remembered: false });
    expect(await scene.rejections()).toBe(0);
    expect(await scene.changes()).toEqual(['1:add']);
    expect(await scene.reject(await scene.see(doubtful), true)).toMatchObject({ remembered: true });
  });

  it('keeps the latest 20 of a person', async () => {
    for (let count = 0; count < 22; count++) await scene.reject(await scene.seeSomebodyLikeAda());
    expect(await scene.rejections()).toBe(20);
  });

  it('is erased with the face it was taken for, and the workers are told', async () => {
    await scene.reject(await scene.seeSomebodyLikeAda());
    const other = await buildFace(db.owner, scene.ada);
    await db.owner.query('select remove_faces($1, $2)', [scene.organization.id, [other.id]]);
    expect(await scene.rejections()).toBe(1);
    await db.owner.query('select remove_faces($1, $2)', [scene.organization.id, [scene.adasFace.id]]);
    expect(await scene.rejections()).toBe(0);
    expect(await scene.changes()).toEqual(['1:add', '2:rejections', '3:add', '4:remove', '5:remove', '5:rejections']);
  });

  it('is erased with the person, and nothing is remembered of an erased face', async () => {
    await scene.reject(await scene.seeSomebodyLikeAda());
    const late = await scene.seeSomebodyLikeAda();
    await scene.asGateway('select delete_user($1, $2, $3, $4)', [scene.ada.id, uuidV7(), 'user:1', uuidV7()]);
    expect(await scene.rejections()).toBe(0);
    expect(await scene.reject(late)).toMatchObject({ status: 'rejected', remembered: false });
    expect(await scene.rejections()).toBe(0);
  });
});

it('reviews nobody decided on end after a while, and nothing of them is kept', async () => {
  const [old, fresh] = [await scene.see({}), await scene.see({})];
  await scene.newGroup([old]);
  await db.owner.query(`update reviews set created_at = now() - interval '31 days' where id = $1`, [old]);
  expect(await queryValue(db.system, 'select expire_reviews(30, 100)')).toBe(1);
  expect([await scene.statusOf(old), await scene.statusOf(fresh)]).toEqual(['expired', 'open']);
  expect(await scene.vectorsLeft()).toBe(1);
  expect(await scene.groups()).toEqual([]);
});

it('the gateway reads no embedding', async () => {
  for (const table of ['recognized_faces', 'rejected_matches', 'face_embeddings']) {
    const reading = withOrganization(db.gateway, scene.organization.id, (client) =>
      client.query(`select embedding from ${table}`),
    );
    await expect(reading, table).rejects.toThrow('permission denied');
  }
});
