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
import { purgeImages } from './purge-images.js';

const signal = new AbortController().signal;
let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  await db.owner.query('insert into face_models (id, dimension) values ($1, 512) on conflict do nothing', [TEST_MODEL]);
});
afterAll(() => db.close());
interface Seen {
  readonly frame: string;
  readonly crop: string;
  readonly reviewId: string;
}

/** A frame with a stranger, looked at so many days ago. */
async function see(source: Awaited<ReturnType<typeof buildSource>>, daysAgo: number): Promise<Seen> {
  const { id } = await submitRecognition(db.gateway, source);
  const worker = uuidV7();
  await db.system.query(`select claim_recognitions($1, 1, '60 s')`, [worker]);
  const [reviewId, crop] = [uuidV7(), `${source.organizationId}/2025-03/${uuidV7()}`];
  const face = resultFace({
    ...{ embedding: Buffer.alloc(8).toString('base64'), review_id: reviewId, review_kind: 'unknown' },
    ...{ crop_key: crop, crop_sha256: 'ab' },
  });
  const results = JSON.stringify([recognitionResult(id, [face])]);
  await db.system.query('select complete_recognitions($1, $2::jsonb)', [worker, results]);
  const { rows } = await db.owner.query<{ image_key: string }>(
    `update recognition_requests set completed_at = now() - $2 * interval '1 day' where id = $1 returning image_key`,
    [id, daysAgo],
  );
  await db.owner.query(
    `update recognized_faces set created_at = now() - $2 * interval '1 day' where recognition_id = $1`,
    [id, daysAgo],
  );
  return { frame: rows[0]?.image_key ?? '', crop, reviewId };
}

async function end(seen: Seen, status: string, daysAgo: number): Promise<void> {
  await db.owner.query(`update reviews set status = $2, decided_at = now() - $3 * interval '1 day' where id = $1`, [
    ...[seen.reviewId, status, daysAgo],
  ]);
}

async function openOrganization(settings: object = {}) {
  const { id } = await buildOrganization(db.owner);
  const body = JSON.stringify(settings);
  await db.owner.query('insert into system_configs (organization_id, body) values ($1, $2)', [id, body]);
  const source = await buildSource(db.owner, id);
  return {
    see: (daysAgo: number) => see(source, daysAgo),
    /** What is still named by a row, and what is to be deleted. */
    async objects() {
      const keys = async (sql: string) => {
        const { rows } = await db.owner.query<{ key: string }>(sql, [id]);
        return rows.map(({ key }) => key).sort();
      };
      return {
        frames: await keys(
          'select image_key as key from recognition_requests where organization_id = $1 and image_key is not null',
        ),
        crops: await keys(
          'select crop_key as key from recognized_faces where organization_id = $1 and crop_key is not null',
        ),
        doomed: await keys('select object_key as key from object_deletions where organization_id = $1'),
      };
    },
  };
}

it('frames go after 30 days, or when the organization says; their results stay', async () => {
  const [usual, hasty] = [await openOrganization(), await openOrganization({ retention: { frame_days: 3 } })];
  const [old, young] = [await usual.see(31), await usual.see(29)];
  const [theirs, fresh] = [await hasty.see(4), await hasty.see(2)];
  expect(await purgeImages(db.system, signal)).toMatchObject({ frames: 2 });
  expect(await purgeImages(db.system, signal)).toEqual({ frames: 0, crops: 0, reviews: 0 });
  expect(await usual.objects()).toMatchObject({ frames: [young.frame], doomed: [old.frame] });
  expect(await hasty.objects()).toMatchObject({ frames: [fresh.frame], doomed: [theirs.frame] });
  const { rows } = await db.owner.query('select id from recognized_faces where crop_key = $1', [old.crop]);
  expect(rows).toHaveLength(1);
});

it('crops behind attendance go after a year, or when the organization says', async () => {
  const [usual, hasty] = [await openOrganization(), await openOrganization({ retention: { crop_days: 10 } })];
  const [old, young, theirs] = [await usual.see(366), await usual.see(364), await hasty.see(11)];
  for (const seen of [old, young, theirs]) await end(seen, 'confirmed', 364);
  const waiting = await hasty.see(11);
  expect(await purgeImages(db.system, signal)).toMatchObject({ crops: 2 });
  expect((await usual.objects()).crops).toEqual([young.crop]);
  // A review that waits needs its crop.
  expect(await hasty.objects()).toMatchObject({ crops: [waiting.crop], doomed: [theirs.crop] });
});

it('crops of reviews that ended without attendance go sooner', async () => {
  const [usual, patient] = [
    await openOrganization(),
    await openOrganization({ retention: { ended_review_crop_days: 60 } }),
  ];
  const seen = { rejected: await usual.see(20), expired: await usual.see(20), recent: await usual.see(20) };
  const [confirmed, theirs] = [await usual.see(20), await patient.see(20)];
  await end(seen.rejected, 'rejected', 31);
  await end(seen.expired, 'expired', 31);
  await end(seen.recent, 'rejected', 29);
  await end(confirmed, 'confirmed', 31);
  await end(theirs, 'rejected', 31);
  expect(await purgeImages(db.system, signal)).toEqual({ frames: 0, crops: 0, reviews: 2 });
  expect(await purgeImages(db.system, signal)).toEqual({ frames: 0, crops: 0, reviews: 0 });
  expect(await usual.objects()).toMatchObject({
    crops: [seen.recent.crop, confirmed.crop].sort(),
    doomed: [seen.rejected.crop, seen.expired.crop].sort(),
  });
  expect((await patient.objects()).crops).toEqual([theirs.crop]);
});

it('what waits in the queue keeps its frame, however old', async () => {
  const { id } = await buildOrganization(db.owner);
  const { id: frame } = await submitRecognition(db.gateway, await buildSource(db.owner, id));
  await db.owner.query(`update recognition_requests set received_at = now() - interval '400 days' where id = $1`, [
    frame,
  ]);
  expect(await purgeImages(db.system, signal)).toMatchObject({ frames: 0 });
});
