import { withOrganization } from '@rollcall/postgres';
import {
  buildFace,
  buildOrganization,
  buildSource,
  buildUser,
  createTestDatabase,
  recognitionResult,
  resultFace,
  submitRecognition,
  TEST_MODEL,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdAlone } from '../data-access/hold-alone.js';
import { encodeEmbedding } from '../domain/recognition-result.js';
import { vectorAt } from '../testing/memory-gallery-source.test.js';
import { policyOf } from '../testing/requests.test.js';
import { groupUnknownFaces } from './group-unknown-faces.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const run = () => groupUnknownFaces({ database: db.system, modelId: TEST_MODEL, policyOf, portion: 2 });

async function openOrganization(settings: object = {}) {
  const { id } = await buildOrganization(db.owner);
  const body = JSON.stringify(settings);
  await db.owner.query('insert into system_configs (organization_id, body) values ($1, $2)', [id, body]);
  await buildFace(db.owner, await buildUser(db.owner, id));
  const source = await buildSource(db.owner, id);
  return {
    id,
    /** A frame with a stranger whose vector is this one; the review's id. */
    async see(embedding: Float32Array, capturedAt = '2025-03-03T09:00:00.000Z'): Promise<string> {
      const frame = await submitRecognition(db.gateway, source, { captured_at: capturedAt });
      const worker = uuidV7();
      await db.system.query(`select claim_recognitions($1, 100, '60 s')`, [worker]);
      const review_id = uuidV7();
      const face = resultFace({ embedding: encodeEmbedding(embedding), review_id, review_kind: 'unknown' });
      const results = JSON.stringify([recognitionResult(frame.id, [face])]);
      await db.system.query('select complete_recognitions($1, $2::jsonb)', [worker, results]);
      return review_id;
    },
    async groups() {
      const { rows } = await db.system.query<{ reviews: string[]; sighting_count: number; last_seen_at: Date }>(
        `select array_agg(r.id order by r.id) as reviews, u.sighting_count, u.last_seen_at from unknown_faces u
         join reviews r on r.unknown_face_id = u.id where u.organization_id = $1 group by u.id order by min(r.id::text)`,
        [id],
      );
      return rows;
    },
  };
}

it('groups the strangers of each organization for itself, portion by portion, and goes on where it was', async () => {
  const [here, there] = [await openOrganization(), await openOrganization()];
  const first = [await here.see(vectorAt(0)), await here.see(vectorAt(3)), await here.see(vectorAt(0, 0.3))] as const;
  const elsewhere = await there.see(vectorAt(0));
  expect(await run()).toBe(4);
  expect(await run()).toBe(0);
  const later = await here.see(vectorAt(0, 0.2), '2025-03-03T18:00:00.000Z');
  expect(await run()).toBe(1);
  expect(await here.groups()).toEqual([
    {
      reviews: [first[0], first[2], later].toSorted(),
      sighting_count: 3,
      last_seen_at: new Date('2025-03-03T18:00:00.000Z'),
    },
    { reviews: [first[1]], sighting_count: 1, last_seen_at: new Date('2025-03-03T09:00:00.000Z') },
  ]);
  expect(await there.groups()).toMatchObject([{ reviews: [elsewhere] }]);
});

it('compares with the best that is left when the best was decided on', async () => {
  const here = await openOrganization();
  const [best, other] = [await here.see(vectorAt(0)), await here.see(vectorAt(0, 0.4))];
  await run();
  await withOrganization(db.gateway, here.id, (client) =>
    client.query('select reject_review($1, $2, null, $3)', [best, uuidV7(), uuidV7()]),
  );
  const next = await here.see(vectorAt(0, 0.5));
  expect(await run()).toBe(1);
  expect(await here.groups()).toMatchObject([{ reviews: [best, other, next].toSorted(), sighting_count: 2 }]);
});

it('takes as much likeness as the organization asks for, and never less than a match does', async () => {
  const strict = await openOrganization({ unknown_faces: { grouping_threshold: 0.97 } });
  const careless = await openOrganization({ unknown_faces: { grouping_threshold: 0.1 } });
  const usual = await openOrganization();
  for (const here of [strict, usual, careless]) {
    await here.see(vectorAt(0));
    await here.see(vectorAt(0, 0.3));
    await here.see(vectorAt(0, 0.99));
  }
  expect(await run()).toBe(9);
  const sizes = async (here: typeof usual) =>
    (await here.groups()).map(({ sighting_count }) => sighting_count).toSorted();
  expect([await sizes(usual), await sizes(careless), await sizes(strict)]).toEqual([
    [1, 2],
    [1, 2],
    [1, 1, 1],
  ]);
});

it('is done by one worker at a time', async () => {
  const here = await openOrganization();
  await here.see(vectorAt(0));
  await holdAlone(db.system, 'rollcall unknown faces', async () => {
    expect(await run()).toBe(0);
  });
  expect(await run()).toBe(1);
});
