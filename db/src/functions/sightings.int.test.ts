import { withOrganization } from '@rollcall/postgres';
import { buildOrganization, buildUser, createTestDatabase, TEST_MODEL, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildReviewScene, embedding, operator, type ReviewScene } from './review-fixture.test.js';

let db: TestDatabase;
let scene: ReviewScene;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  scene = await buildReviewScene(db);
});

describe('assign_sightings', () => {
  it('enrols what it is told to and gives all sightings to the person', async () => {
    const reviews = [await scene.see({}, '2025-03-03T10:00:00Z'), await scene.see({}, '2025-03-03T09:00:00Z')] as const;
    const outcome = await scene.assign([...reviews], scene.ada.id, [scene.toEnrol(reviews[0])]);
    expect(outcome).toMatchObject({
      ...{ status: 'assigned', gallery_version: 2, model_id: TEST_MODEL },
      sightings: [{ review_id: reviews[1] }, { review_id: reviews[0] }],
      faces: [{ review_id: reviews[0] }],
    });
    const { rows } = await db.owner.query<{ user_id: string; embedding: string }>(
      `select e.user_id, e.recognized_face_id is not null as from_sighting, encode(e.embedding, 'base64') as embedding, i.width
       from face_embeddings e join face_images i on i.id = e.face_image_id where e.id = $1`,
      [outcome.faces?.[0]?.face_id],
    );
    expect(rows).toMatchObject([{ user_id: scene.ada.id, from_sighting: true, width: 160 }]);
    expect(rows[0]?.embedding.replaceAll('\n', '')).toBe(embedding);
    expect(await scene.vectorsLeft()).toBe(0);
    expect(await scene.changes()).toEqual(['1:add', '2:add']);
    expect(await scene.assign([...reviews], scene.ada.id, [scene.toEnrol(reviews[0])])).toEqual({ status: 'decided' });
    expect(await scene.changes()).toHaveLength(2);
  });

  it('leaves out what was decided meanwhile, of another scene.organization, and enrols nobody who is gone', async () => {
    const [mine, decided] = [await scene.see({}), await scene.see({})];
    await scene.confirm(decided, scene.ada.id);
    expect(
      (await scene.assign([mine, decided, uuidV7()], scene.ada.id, [scene.toEnrol(decided)])).sightings,
    ).toHaveLength(1);
    expect(await scene.changes()).toEqual(['1:add']);
    const stranger = await buildUser(db.owner, (await buildOrganization(db.owner)).id);
    const open = await scene.see({});
    expect(await scene.assign([open], stranger.id, [scene.toEnrol(open)])).toEqual({ status: 'user_gone' });
    expect(await scene.statusOf(open)).toBe('open');
  });
});

describe('groups of strangers', () => {
  it('grow, take another best, and go with their last open sighting', async () => {
    const [one, two, three] = [await scene.see({}), await scene.see({}), await scene.see({})];
    const id = await scene.newGroup([one]);
    const more = { id, is_new: false, model_id: TEST_MODEL, best_review_id: two, review_ids: [two, three] };
    expect(await scene.group([more])).toBe(2);
    expect(await scene.group([more])).toBe(0);
    expect(await scene.groups()).toEqual([{ id, sighting_count: 3, best_review_id: two }]);
    await scene.reject(two);
    expect(await scene.groups()).toMatchObject([{ id, sighting_count: 2 }]);
    expect((await scene.groups())[0]?.best_review_id).not.toBe(two);
    expect(await scene.asGateway('select dismiss_unknown_face($1, $2, 500)', [id, operator])).toEqual(
      [one, three].toSorted(),
    );
    expect(await scene.groups()).toEqual([]);
    expect(await scene.asGateway('select dismiss_unknown_face($1, $2, 500)', [id, operator])).toEqual([]);
    expect(await scene.group([{ ...more, review_ids: [await scene.see({})] }])).toBe(0);
  });

  it('do not wait for, and do not take, a sighting that somebody is deciding on', async () => {
    const [mine, theirs] = [await scene.see({}), await scene.see({})];
    await withOrganization(db.gateway, scene.organization.id, async (client) => {
      await client.query('select reject_review($1, $2, null, $3)', [theirs, operator, uuidV7()]);
      const item = {
        id: uuidV7(),
        is_new: true,
        model_id: TEST_MODEL,
        best_review_id: theirs,
        review_ids: [theirs, mine],
      };
      expect(await scene.group([item])).toBe(1);
    });
    expect(await scene.groups()).toMatchObject([{ sighting_count: 1, best_review_id: mine }]);
  });
});
