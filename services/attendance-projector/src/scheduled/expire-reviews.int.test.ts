import {
  buildOrganization,
  buildSource,
  createTestDatabase,
  recognitionResult,
  resultFace,
  submitRecognition,
  TEST_MODEL,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expireReviews } from './expire-reviews.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

async function open(days: number, settings: object = {}): Promise<string> {
  await db.owner.query('insert into face_models (id, dimension) values ($1, 512) on conflict do nothing', [TEST_MODEL]);
  const organization = await buildOrganization(db.owner);
  await db.owner.query('insert into system_configs (organization_id, body) values ($1, $2)', [
    organization.id,
    JSON.stringify(settings),
  ]);
  const source = await buildSource(db.owner, organization.id);
  const { id } = await submitRecognition(db.gateway, source);
  const worker = uuidV7();
  await db.system.query(`select claim_recognitions($1, 1, '60 s')`, [worker]);
  const review_id = uuidV7();
  const face = resultFace({ embedding: Buffer.alloc(8).toString('base64'), review_id, review_kind: 'unknown' });
  const results = JSON.stringify([recognitionResult(id, [face])]);
  await db.system.query('select complete_recognitions($1, $2::jsonb)', [worker, results]);
  await db.owner.query(`update reviews set created_at = now() - $2 * interval '1 day' where id = $1`, [
    review_id,
    days,
  ]);
  return review_id;
}

it('what nobody decided on in 30 days ends, in every organization, and its embedding with it', async () => {
  const [old, older, young] = [await open(31), await open(400), await open(29)];
  expect(await expireReviews(db.system, new AbortController().signal)).toBe(2);
  const { rows } = await db.system.query<{ id: string; status: string; kept: boolean; decided_by: string | null }>(
    `select r.id, r.status, f.embedding is not null as kept, r.decided_by
     from reviews r join recognized_faces f on f.id = r.recognized_face_id order by r.created_at`,
  );
  expect(rows).toEqual([
    { id: older, status: 'expired', kept: false, decided_by: null },
    { id: old, status: 'expired', kept: false, decided_by: null },
    { id: young, status: 'open', kept: true, decided_by: null },
  ]);
});

it('an organization says itself after how many days', async () => {
  const reviews = { expire_after_days: 7 };
  const [hasty, waiting] = [await open(8, { reviews }), await open(6, { reviews })];
  const patient = await open(40, { reviews: { expire_after_days: 90 } });
  expect(await expireReviews(db.system, new AbortController().signal)).toBe(1);
  const { rows } = await db.system.query<{ id: string; status: string }>(
    'select id, status from reviews where id = any($1::uuid[]) order by created_at desc',
    [[hasty, waiting, patient]],
  );
  expect(rows).toEqual([
    { id: waiting, status: 'open' },
    { id: hasty, status: 'expired' },
    { id: patient, status: 'open' },
  ]);
});
