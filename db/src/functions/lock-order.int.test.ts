import { createTestDatabase, queryValue, waitUntilBlocked, type TestDatabase } from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildReviewScene, type ReviewScene } from './review-fixture.test.js';

let db: TestDatabase;
let scene: ReviewScene;
/** Ids of seen faces taken for Ada's, rising; in the table they stand the other way round. */
let seen: string[];

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  scene = await buildReviewScene(db);
  seen = Array.from({ length: 4 }, () => uuidV7());
  for (const id of seen.toReversed()) await scene.seeSomebodyLikeAda({ id });
  await db.owner.query(
    `update reviews set created_at = now() - interval '31 days' where organization_id = $1 and status = 'open'`,
    [scene.organization.id],
  );
});

const expire = () => queryValue<number>(db.system, 'select expire_reviews(30, 100)');
const removeFace = () =>
  queryValue<object[]>(db.owner, 'select remove_faces($1, $2)', [scene.organization.id, [scene.adasFace.id]]);
const deleteAda = () =>
  scene.asGateway('select delete_user($1, $2, $3, $4)', [scene.ada.id, uuidV7(), 'user:1', uuidV7()]);

/** Holds rows as a transaction of somebody else until the work is done. */
async function whileHeld<Result>(sql: string, values: unknown[], work: () => Promise<Result>): Promise<Result> {
  const client = await db.owner.connect();
  try {
    await client.query('begin');
    await client.query(sql, values);
    return await work();
  } finally {
    await client.query('commit');
    client.release();
  }
}

const holdFace = 'select from recognized_faces where id = $1 for update';

describe('seen faces are taken in the order of their ids', () => {
  it.each([
    ['reviews that end', expire],
    ['a face that is removed', removeFace],
    ['a person who is deleted', deleteAda],
  ])('by %s', async (_, act) => {
    const { acting } = await whileHeld(holdFace, [seen[0]], async () => {
      const acting = act();
      await waitUntilBlocked(db);
      const free = await db.owner.query(
        'select from recognized_faces where id = any($1) for no key update skip locked',
        [seen.slice(1)],
      );
      expect(free.rowCount).toBe(3);
      return { acting };
    });
    await acting;
    expect(await scene.vectorsLeft()).toBe(0);
  });
});

it.each([
  ['a face that is removed', removeFace],
  ['a person who is deleted', deleteAda],
])('reviews that end and %s at the same time both come to their end', async (_, act) => {
  const { both } = await whileHeld(holdFace, [seen[2]], async () => {
    const expiring = expire();
    await waitUntilBlocked(db);
    const acting = act();
    await waitUntilBlocked(db, 2);
    return { both: Promise.all([expiring, acting]) };
  });
  await both;
  const ended = `select count(*)::int from reviews where organization_id = $1 and status = 'expired'`;
  expect(await queryValue(db.owner, ended, [scene.organization.id])).toBe(4);
  expect(await scene.vectorsLeft()).toBe(0);
});

it('a review that has ended is not held by who decides on others: its group may go meanwhile', async () => {
  const [ended, last, other] = [await scene.see({}), await scene.see({}), await scene.see({})];
  await scene.newGroup([ended, last]);
  await scene.confirm(ended, scene.ada.id);
  const { assigning } = await whileHeld('select from reviews where id = $1 for update', [other], async () => {
    // Holds what it may hold of these and waits for the last of them.
    const assigning = scene.assign([ended, other]);
    await waitUntilBlocked(db);
    expect(await scene.reject(last)).toMatchObject({ status: 'rejected' });
    return { assigning };
  });
  expect(await assigning).toMatchObject({ status: 'assigned', sightings: [{ review_id: other }] });
  expect(await scene.groups()).toEqual([]);
});
