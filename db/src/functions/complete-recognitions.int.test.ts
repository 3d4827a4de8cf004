import { validateEvent } from '@rollcall/contracts';
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
  waitUntilBlocked,
  type BuiltFace,
  type BuiltOrganization,
  type BuiltSource,
  type BuiltUser,
  type RecognitionResult,
  type TestDatabase,
} from '@rollcall/testkit';
import { v7 as uuidV7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

interface Answer {
  readonly status: string;
  readonly stale_faces: readonly number[];
}

let db: TestDatabase;
let organization: BuiltOrganization;
let source: BuiltSource;
let user: BuiltUser;
let face: BuiltFace;
const worker = uuidV7();

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  organization = await buildOrganization(db.owner);
  source = await buildSource(db.owner, organization.id, { direction: 'in' });
  user = await buildUser(db.owner, organization.id);
  face = await buildFace(db.owner, user);
});

async function submitAndClaim(): Promise<string> {
  const { id } = await submitRecognition(db.gateway, source);
  const { rows } = await db.system.query<{ id: string }>(`select id from claim_recognitions($1, 1, '60 s')`, [worker]);
  expect(rows).toEqual([{ id }]);
  return id;
}

async function complete(...results: readonly RecognitionResult[]): Promise<Answer[] | undefined> {
  return queryValue(db.system, 'select complete_recognitions($1, $2::jsonb)', [worker, JSON.stringify(results)]);
}

async function countWritten(id: string): Promise<{ faces: number; events: number; reviews: number }> {
  const { rows } = await db.owner.query<{ faces: number; events: number; reviews: number }>(
    `select (select count(*)::int from recognized_faces where recognition_id = $1) as faces,
       (select count(*)::int from events where subject = 'recognitions/' || $1 and type = 'recognition.completed') as events,
       (select count(*)::int from reviews join recognized_faces on recognized_face_id = recognized_faces.id where recognition_id = $1) as reviews`,
    [id],
  );
  return rows[0] ?? { faces: -1, events: -1, reviews: -1 };
}

const untouched = { faces: 0, events: 0, reviews: 0 };

describe('complete_recognitions', () => {
  it('writes faces, reviews, state and a valid event', async () => {
    const id = await submitAndClaim();
    const faces = [
      matchingFace(face, { crop_key: `${id}/crop`, crop_sha256: 'ab' }),
      resultFace({
        index: 1,
        review_id: uuidV7(),
        review_kind: 'unknown',
        embedding: Buffer.alloc(8).toString('base64'),
      }),
    ];
    const result = recognitionResult(id, faces, { gallery_version: 7 });
    expect(await complete(result)).toEqual([{ status: 'completed', stale_faces: [] }]);
    expect(await countWritten(id)).toEqual({ faces: 2, events: 1, reviews: 1 });
    const request = await db.owner.query('select * from recognition_requests where id = $1', [id]);
    expect(request.rows[0]).toMatchObject({
      status: 'completed',
      gallery_version: '7',
      claimed_by: null,
      claimed_until: null,
    });
    const { rows } = await db.owner.query<{ type: 'recognition.completed'; payload: unknown; causation_id: string }>(
      'select type, payload, causation_id from events where id = $1',
      [result.event_id],
    );
    for (const event of rows) validateEvent(event);
    expect(rows[0]).toMatchObject({
      causation_id: (request.rows[0] as { request_event_id: string }).request_event_id,
      payload: {
        ...{ recognition_id: id, source_id: source.id, source_type: 'camera', direction: 'in', late_arrival: false },
        faces: [
          { index: 0, decision: 'match', user_id: user.id, face_id: face.id, liveness_verdict: 'live' },
          { index: 1, decision: 'unknown', user_id: null },
        ],
      },
    });
  });

  it('takes a frame without faces', async () => {
    const id = await submitAndClaim();
    expect(await complete(recognitionResult(id, [], { model_id: null, gallery_version: null }))).toMatchObject([
      { status: 'completed' },
    ]);
    expect(await countWritten(id)).toEqual({ faces: 0, events: 1, reviews: 0 });
  });

  it('writes nothing twice', async () => {
    const id = await submitAndClaim();
    const first = recognitionResult(id, [resultFace()]);
    expect(await complete(first, recognitionResult(id, [resultFace()]))).toMatchObject([
      { status: 'completed' },
      { status: 'lost' },
    ]);
    expect(await complete(first)).toMatchObject([{ status: 'lost' }]);
    expect(await countWritten(id)).toEqual({ faces: 1, events: 1, reviews: 0 });
  });

  it('writes nothing for a worker whose claim went to another', async () => {
    const id = await submitAndClaim();
    await db.owner.query(`update recognition_requests set claimed_until = now() - interval '1 s' where id = $1`, [id]);
    const other = uuidV7();
    await db.system.query(`select claim_recognitions($1, 1, '60 s')`, [other]);
    expect(await complete(recognitionResult(id, [matchingFace(face)]))).toMatchObject([{ status: 'lost' }]);
    expect(await countWritten(id)).toEqual(untouched);
    expect(await queryValue(db.owner, 'select claimed_by from recognition_requests where id = $1', [id])).toBe(other);
  });

  it('counts a claim that ran out as held while nobody else took it', async () => {
    const id = await submitAndClaim();
    await db.owner.query(`update recognition_requests set claimed_until = now() - interval '1 s' where id = $1`, [id]);
    expect(await complete(recognitionResult(id, []))).toMatchObject([{ status: 'completed' }]);
  });

  it('answers stale and writes nothing when a matched face was erased meanwhile', async () => {
    const id = await submitAndClaim();
    await db.owner.query('select remove_faces($1, $2)', [organization.id, [face.id]]);
    const faces = [resultFace(), matchingFace(face, { index: 1 })];
    expect(await complete(recognitionResult(id, faces))).toEqual([{ status: 'stale', stale_faces: [1] }]);
    expect(await countWritten(id)).toEqual(untouched);
    // The worker searches again and still holds the frame.
    expect(await complete(recognitionResult(id, [resultFace()]))).toMatchObject([{ status: 'completed' }]);
  });

  it('answers stale for a person deleted meanwhile, and for a face of another person or organization', async () => {
    const id = await submitAndClaim();
    const other = await buildUser(db.owner, organization.id);
    const stranger = await buildFace(db.owner, await buildUser(db.owner, (await buildOrganization(db.owner)).id));
    expect(await complete(recognitionResult(id, [matchingFace(face, { user_id: other.id })]))).toMatchObject([
      { status: 'stale' },
    ]);
    expect(await complete(recognitionResult(id, [matchingFace(stranger)]))).toMatchObject([{ status: 'stale' }]);
    await db.owner.query('update users set is_deleted = true where id = $1', [user.id]);
    expect(await complete(recognitionResult(id, [matchingFace(face)]))).toMatchObject([{ status: 'stale' }]);
    expect(await countWritten(id)).toEqual(untouched);
  });

  it('waits for an erasure that has begun and then sees it', async () => {
    const id = await submitAndClaim();
    const client = await db.owner.connect();
    try {
      await client.query('begin');
      await client.query('select remove_faces($1, $2)', [organization.id, [face.id]]);
      const completing = complete(recognitionResult(id, [matchingFace(face)]));
      await waitUntilBlocked(db);
      await client.query('commit');
      expect(await completing).toMatchObject([{ status: 'stale' }]);
    } finally {
      client.release(true);
    }
  });

  it('lets no erasure pass between its check and its commit', async () => {
    const id = await submitAndClaim();
    const client = await db.system.connect();
    try {
      await client.query('begin');
      const result = JSON.stringify([recognitionResult(id, [matchingFace(face)])]);
      await client.query('select complete_recognitions($1, $2::jsonb)', [worker, result]);
      const erasing = db.owner.query('select remove_faces($1, $2)', [organization.id, [face.id]]);
      let erased = false;
      void erasing.then(() => (erased = true));
      await waitUntilBlocked(db);
      expect(erased).toBe(false);
      await client.query('commit');
      await erasing;
      expect(erased).toBe(true);
    } finally {
      client.release(true);
    }
  });

  it('ends the others of a group when one is lost or stale', async () => {
    const [one, two] = [await submitAndClaim(), await submitAndClaim()];
    const gone = matchingFace(face, { face_id: uuidV7() });
    const answers = await complete(
      recognitionResult(one, [gone]),
      recognitionResult(uuidV7(), []),
      recognitionResult(two, []),
    );
    expect(answers?.map(({ status }) => status)).toEqual(['stale', 'lost', 'completed']);
  });
});
