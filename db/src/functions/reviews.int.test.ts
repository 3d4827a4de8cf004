import { withOrganization } from '@rollcall/postgres';
import {
  buildFace,
  buildOrganization,
  buildSource,
  buildUser,
  createTestDatabase,
  queryValue,
  recognitionResult,
  resultFace,
  submitRecognition,
  TEST_MODEL,
  unitVector,
  waitUntilBlocked,
  type BuiltFace,
  type BuiltOrganization,
  type BuiltUser,
  type ResultFace,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

let db: TestDatabase;
let organization: BuiltOrganization;
let ada: BuiltUser;
let adasFace: BuiltFace;
let source: Awaited<ReturnType<typeof buildSource>>;
const operator = uuidV7();
const embedding = Buffer.from(unitVector(512, 3).buffer).toString('base64');

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  organization = await buildOrganization(db.owner);
  ada = await buildUser(db.owner, organization.id);
  adasFace = await buildFace(db.owner, ada);
  source = await buildSource(db.owner, organization.id);
});

/** A frame with one face that waits for a person; its review's id. */
async function see(given: Partial<ResultFace>, capturedAt = '2025-03-03T09:00:00Z'): Promise<string> {
  const { id } = await submitRecognition(db.gateway, source, { captured_at: capturedAt });
  const worker = uuidV7();
  await db.system.query(`select claim_recognitions($1, 100, '60 s')`, [worker]);
  const review_id = uuidV7();
  const face = resultFace({ embedding, review_id, review_kind: 'unknown', ...given });
  const { rows } = await db.system.query<{ answers: { status: string }[] }>(
    'select complete_recognitions($1, $2::jsonb) as answers',
    [worker, JSON.stringify([recognitionResult(id, [face])])],
  );
  expect(rows[0]?.answers).toMatchObject([{ status: 'completed' }]);
  return review_id;
}

const seeSomebodyLikeAda = () =>
  see({
    ...{ decision: 'review', reason: 'BELOW_MATCH_THRESHOLD', user_id: ada.id, face_id: adasFace.id, similarity: 0.42 },
    review_kind: 'uncertain',
  });

function asGateway<Result>(sql: string, values: readonly unknown[], organizationId = organization.id): Promise<Result> {
  return withOrganization(db.gateway, organizationId, async (client) => {
    return (await queryValue<Result>(client, sql, [...values])) as Result;
  });
}

interface Outcome {
  readonly status: string;
  readonly remembered?: boolean;
  readonly sighting?: Record<string, unknown>;
  readonly sightings?: Record<string, unknown>[];
  readonly faces?: { readonly face_id: string }[];
}

const confirm = (review: string, user: string | null = null, organizationId?: string) =>
  asGateway<Outcome | null>('select confirm_review($1, $2, $3)', [review, user, operator], organizationId);
const reject = (review: string, remember: boolean | null = null) =>
  asGateway<Outcome | null>('select reject_review($1, $2, $3, $4)', [review, operator, remember, uuidV7()]);
const assign = (reviews: string[], user = ada.id, enrol: object[] = []) =>
  asGateway<Outcome>('select assign_sightings($1, $2, $3, $4::jsonb)', [
    reviews,
    user,
    operator,
    JSON.stringify(enrol),
  ]);

const toEnrol = (review_id: string) => ({
  ...{ review_id, face_id: uuidV7(), face_image_id: uuidV7(), object_key: `${organization.id}/2025-03/${uuidV7()}` },
  ...{ sha256: '00', content_type: 'image/jpeg', byte_size: 10, width: 160, height: 160 },
});

const statusOf = (review: string) => queryValue(db.owner, 'select status from reviews where id = $1', [review]);
const vectorsLeft = () =>
  queryValue<number>(
    db.owner,
    'select count(*)::int from recognized_faces where organization_id = $1 and embedding is not null',
    [organization.id],
  );
const rejections = () =>
  queryValue<number>(db.owner, 'select count(*)::int from rejected_matches where organization_id = $1', [
    organization.id,
  ]);
async function changes(): Promise<string[]> {
  const { rows } = await db.owner.query<{ change: string }>(
    `select version || ':' || op as change from gallery_changes where organization_id = $1 order by version, faiss_id desc`,
    [organization.id],
  );
  return rows.map(({ change }) => change);
}

async function group(groups: object[]): Promise<number | undefined> {
  return queryValue<number>(db.system, 'select group_sightings($1, $2::jsonb)', [
    organization.id,
    JSON.stringify(groups),
  ]);
}

async function newGroup(reviews: string[], id = uuidV7()): Promise<string> {
  const item = { id, is_new: true, model_id: TEST_MODEL, best_review_id: reviews[0], review_ids: reviews };
  expect(await group([item])).toBe(reviews.length);
  return id;
}

async function groups() {
  const { rows } = await db.owner.query<{ id: string; sighting_count: number; best_review_id: string }>(
    'select id, sighting_count, best_review_id from unknown_faces where organization_id = $1',
    [organization.id],
  );
  return rows;
}

describe('confirm_review', () => {
  it('ends a review once, as the candidate, and erases the embedding', async () => {
    const review = await seeSomebodyLikeAda();
    const [first, second] = await Promise.all([confirm(review), confirm(review)]);
    expect([first?.status, second?.status].toSorted()).toEqual(['confirmed', 'decided']);
    const { sighting } = first?.status === 'confirmed' ? first : (second ?? {});
    expect(sighting).toMatchObject({
      ...{ review_id: review, user_id: ada.id, candidate_user_id: ada.id, kind: 'uncertain', similarity: 0.42 },
      ...{ source_id: source.id, model_id: TEST_MODEL, box: { x: 10, y: 20, width: 100, height: 120 } },
    });
    expect(await statusOf(review)).toBe('confirmed');
    expect(await vectorsLeft()).toBe(0);
  });

  it('may name somebody else, and remembers whom it was taken for', async () => {
    const ben = await buildUser(db.owner, organization.id);
    const review = await seeSomebodyLikeAda();
    expect((await confirm(review, ben.id))?.sighting).toMatchObject({ user_id: ben.id, candidate_user_id: ada.id });
  });

  it('wants a person for an unknown face, and one who is there', async () => {
    const review = await see({});
    expect(await confirm(review)).toEqual({ status: 'user_required' });
    expect(await confirm(review, uuidV7())).toEqual({ status: 'user_gone' });
    const elsewhere = await buildUser(db.owner, (await buildOrganization(db.owner)).id);
    expect(await confirm(review, elsewhere.id)).toEqual({ status: 'user_gone' });
    expect(await confirm(review, ada.id, elsewhere.organizationId)).toBeNull();
    expect(await statusOf(review)).toBe('open');
  });

  it('gives nothing to a person who is being deleted', async () => {
    const review = await seeSomebodyLikeAda();
    const { confirming } = await withOrganization(db.gateway, organization.id, async (client) => {
      await client.query('select delete_user($1, $2, $3, $4)', [ada.id, uuidV7(), 'user:1', uuidV7()]);
      const confirming = confirm(review);
      await waitUntilBlocked(db);
      return { confirming };
    });
    expect(await confirming).toEqual({ status: 'user_gone' });
  });
});

describe('reject_review', () => {
  it('remembers the face and tells the workers', async () => {
    const review = await seeSomebodyLikeAda();
    expect(await reject(review)).toMatchObject({ status: 'rejected', remembered: true });
    expect(await reject(review)).toEqual({ status: 'decided' });
    expect(await confirm(review)).toEqual({ status: 'decided' });
    expect(await rejections()).toBe(1);
    expect(await vectorsLeft()).toBe(0);
    expect(await changes()).toEqual(['1:add', '2:rejections']);
  });

  it('remembers nothing of strangers, of doubts about liveness, or when told not to', async () => {
    const doubtful = { decision: 'review', user_id: ada.id, face_id: adasFace.id, review_kind: 'liveness' } as const;
    expect(await reject(await see({}))).toMatchObject({ remembered: false });
    expect(await reject(await see(doubtful))).toMatchObject({ remembered: false });
    expect(await reject(await seeSomebodyLikeAda(), false)).toMatchObject({ remembered: false });
    expect(await rejections()).toBe(0);
    expect(await changes()).toEqual(['1:add']);
    expect(await reject(await see(doubtful), true)).toMatchObject({ remembered: true });
  });

  it('keeps the latest 20 of a person', async () => {
    for (let count = 0; count < 22; count++) await reject(await seeSomebodyLikeAda());
    expect(await rejections()).toBe(20);
  });

  it('is erased with the face it was taken for, and the workers are told', async () => {
    await reject(await seeSomebodyLikeAda());
    const other = await buildFace(db.owner, ada);
    await db.owner.query('select remove_faces($1, $2)', [organization.id, [other.id]]);
    expect(await rejections()).toBe(1);
    await db.owner.query('select remove_faces($1, $2)', [organization.id, [adasFace.id]]);
    expect(await rejections()).toBe(0);
    expect(await changes()).toEqual(['1:add', '2:rejections', '3:add', '4:remove', '5:remove', '5:rejections']);
  });

  it('is erased with the person, and nothing is remembered of an erased face', async () => {
    await reject(await seeSomebodyLikeAda());
    const late = await seeSomebodyLikeAda();
    await asGateway('select delete_user($1, $2, $3, $4)', [ada.id, uuidV7(), 'user:1', uuidV7()]);
    expect(await rejections()).toBe(0);
    expect(await reject(late)).toMatchObject({ status: 'rejected', remembered: false });
    expect(await rejections()).toBe(0);
  });
});

describe('assign_sightings', () => {
  it('enrols what it is told to and gives all sightings to the person', async () => {
    const reviews = [await see({}, '2025-03-03T10:00:00Z'), await see({}, '2025-03-03T09:00:00Z')] as const;
    const outcome = await assign([...reviews], ada.id, [toEnrol(reviews[0])]);
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
    expect(rows).toMatchObject([{ user_id: ada.id, from_sighting: true, width: 160 }]);
    expect(rows[0]?.embedding.replaceAll('\n', '')).toBe(embedding);
    expect(await vectorsLeft()).toBe(0);
    expect(await changes()).toEqual(['1:add', '2:add']);
    expect(await assign([...reviews], ada.id, [toEnrol(reviews[0])])).toEqual({ status: 'decided' });
    expect(await changes()).toHaveLength(2);
  });

  it('leaves out what was decided meanwhile, of another organization, and enrols nobody who is gone', async () => {
    const [mine, decided] = [await see({}), await see({})];
    await confirm(decided, ada.id);
    expect((await assign([mine, decided, uuidV7()], ada.id, [toEnrol(decided)])).sightings).toHaveLength(1);
    expect(await changes()).toEqual(['1:add']);
    const stranger = await buildUser(db.owner, (await buildOrganization(db.owner)).id);
    const open = await see({});
    expect(await assign([open], stranger.id, [toEnrol(open)])).toEqual({ status: 'user_gone' });
    expect(await statusOf(open)).toBe('open');
  });
});

describe('groups of strangers', () => {
  it('grow, take another best, and go with their last open sighting', async () => {
    const [one, two, three] = [await see({}), await see({}), await see({})];
    const id = await newGroup([one]);
    const more = { id, is_new: false, model_id: TEST_MODEL, best_review_id: two, review_ids: [two, three] };
    expect(await group([more])).toBe(2);
    expect(await group([more])).toBe(0);
    expect(await groups()).toEqual([{ id, sighting_count: 3, best_review_id: two }]);
    await reject(two);
    expect(await groups()).toMatchObject([{ id, sighting_count: 2 }]);
    expect((await groups())[0]?.best_review_id).not.toBe(two);
    expect(await asGateway('select dismiss_unknown_face($1, $2, 500)', [id, operator])).toEqual(
      [one, three].toSorted(),
    );
    expect(await groups()).toEqual([]);
    expect(await asGateway('select dismiss_unknown_face($1, $2, 500)', [id, operator])).toEqual([]);
    expect(await group([{ ...more, review_ids: [await see({})] }])).toBe(0);
  });

  it('do not wait for, and do not take, a sighting that somebody is deciding on', async () => {
    const [mine, theirs] = [await see({}), await see({})];
    await withOrganization(db.gateway, organization.id, async (client) => {
      await client.query('select reject_review($1, $2, null, $3)', [theirs, operator, uuidV7()]);
      const item = {
        id: uuidV7(),
        is_new: true,
        model_id: TEST_MODEL,
        best_review_id: theirs,
        review_ids: [theirs, mine],
      };
      expect(await group([item])).toBe(1);
    });
    expect(await groups()).toMatchObject([{ sighting_count: 1, best_review_id: mine }]);
  });
});

it('reviews nobody decided on end after a while, and nothing of them is kept', async () => {
  const [old, fresh] = [await see({}), await see({})];
  await newGroup([old]);
  await db.owner.query(`update reviews set created_at = now() - interval '31 days' where id = $1`, [old]);
  expect(await queryValue(db.system, 'select expire_reviews(30, 100)')).toBe(1);
  expect([await statusOf(old), await statusOf(fresh)]).toEqual(['expired', 'open']);
  expect(await vectorsLeft()).toBe(1);
  expect(await groups()).toEqual([]);
});

it('the gateway reads no embedding', async () => {
  for (const table of ['recognized_faces', 'rejected_matches', 'face_embeddings']) {
    const reading = withOrganization(db.gateway, organization.id, (client) =>
      client.query(`select embedding from ${table}`),
    );
    await expect(reading, table).rejects.toThrow('permission denied');
  }
});
