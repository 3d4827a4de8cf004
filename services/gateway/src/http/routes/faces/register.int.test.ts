import type { RegisterResponse } from '@rollcall/contracts';
import {
  buildFace,
  buildOrganization,
  buildUser,
  createTestDatabase,
  type BuiltUser,
  type TestDatabase,
} from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jpegFile, pngFile } from '../../../domain/image-files.test.js';
import { completeRegistrations } from '../../../testing/play-worker.test.js';
import { buildPrincipal, formOf, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
let stranger: BuiltUser;
let person: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  operator = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
  stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
  person = await buildUser(database.owner, operator.organizationId);
  await completeRegistrations(database, { good: [] });
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

const photos = [jpegFile(), jpegFile({ width: 700 }), jpegFile({ width: 800 }), pngFile()];

interface Sent {
  readonly userId?: string;
  readonly images?: readonly Uint8Array[];
  readonly field?: string;
  readonly headers?: Record<string, string>;
  readonly as?: BuiltUser;
}

function send({ userId = person.id, images = photos, field = 'images', headers = {}, as = operator }: Sent = {}) {
  const form = formOf({ fields: { user_id: userId }, files: images.map((bytes) => [field, bytes] as const) });
  return gateway.call<RegisterResponse>('POST', '/faces/register', { as, form, headers });
}

/** Plays the worker until somebody's registration was waiting. */
async function verdict(good: readonly number[]) {
  const waiting = "select count(*)::integer as count from registration_requests where status = 'queued'";
  for (;;) {
    const { rows } = await database.owner.query<{ count: number }>(waiting);
    if ((rows[0]?.count ?? 0) > 0) return completeRegistrations(database, { good });
  }
}

const noWait = { prefer: 'wait=0' };

describe('POST /faces/register', () => {
  it('waits for the verdict and tells which images were good', async () => {
    const sent = send();
    await verdict([0, 1, 3]);
    const answer = await sent;
    expect(answer).toMatchObject({
      status: 201,
      body: {
        code: 'FACE_REGISTERED',
        data: {
          user_id: person.id,
          status: 'completed',
          face_registered: true,
          faces: [{ image_index: 0 }, { image_index: 1 }, { image_index: 3 }],
          rejected: [{ image_index: 2, code: 'BLURRED' }],
        },
      },
    });
    const faces = await gateway.call('GET', `/v1/ops/user/${person.id}/faces`, { as: operator });
    expect(faces.body.data).toHaveLength(3);
    const location = String(answer.headers.get('location'));
    const found = await gateway.call('GET', location, { as: operator });
    expect(found.body.data).toEqual(answer.body.data);
    expect(await gateway.call('GET', location, { as: stranger })).toMatchObject({ status: 404 });
  });

  it('says why when too few were good, and nothing is kept', async () => {
    const sent = send();
    await verdict([0]);
    expect(await sent).toMatchObject({
      status: 422,
      body: {
        success: false,
        code: 'TOO_FEW_GOOD_IMAGES',
        errors: [
          { path: '/images/1', code: 'BLURRED' },
          { path: '/images/2', code: 'BLURRED' },
          { path: '/images/3', code: 'BLURRED' },
        ],
        data: { status: 'rejected', face_registered: false, faces: [] },
      },
    });
    const { rows } = await database.owner.query('select 1 from face_images where user_id = $1', [person.id]);
    expect(rows).toEqual([]);
  });

  it('answers 202 when the verdict does not come in time, and the state later', async () => {
    const answer = await send({ headers: noWait });
    expect(answer).toMatchObject({ status: 202, body: { code: 'REGISTRATION_ACCEPTED', data: { status: 'queued' } } });
    expect(answer.headers.get('preference-applied')).toBe('wait=0');
    await verdict([0, 1, 2]);
    const found = await gateway.call('GET', String(answer.headers.get('location')), { as: operator });
    expect(found.body.data).toMatchObject({ status: 'completed', face_registered: true });
  });

  it('writes event, audit detail and every image with its size', async () => {
    const { body } = await send({ headers: noWait, field: 'images[]' });
    const id = body.data.registration_id;
    const { rows } = await database.owner.query(
      `select e.payload, d.detail ->> 'image_count' as count, r.images from registration_requests as r
       join events as e on e.id = r.request_event_id join audit_details as d on d.event_id = e.id where r.id = $1`,
      [id],
    );
    expect(rows).toMatchObject([
      {
        payload: { registration_id: id, user_id: person.id, image_count: 4 },
        count: '4',
        images: [
          { index: 0, width: 640 },
          { index: 1, width: 700 },
          { index: 2, width: 800 },
          { index: 3, content_type: 'image/png' },
        ],
      },
    ]);
  });

  it('is done once under an idempotency key', async () => {
    const headers = { ...noWait, 'idempotency-key': 'enrol-1' };
    const answers = await Promise.all([send({ headers }), send({ headers }), send({ headers })]);
    expect(new Set(answers.map(({ body }) => body.data.registration_id)).size).toBe(1);
    expect(await send({ headers, images: photos.slice(1) })).toMatchObject({
      status: 409,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    await verdict([0, 1, 2]);
    const again = await send({ headers });
    expect(again).toMatchObject({ status: 201, body: { code: 'FACE_REGISTERED' } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  it.each([
    ['two images', () => send({ images: photos.slice(0, 2) }), 422, 'WRONG_IMAGE_COUNT'],
    ['six images', () => send({ images: [...photos, ...photos.slice(0, 2)] }), 422, 'WRONG_IMAGE_COUNT'],
    ['no image', () => send({ images: [] }), 422, 'WRONG_IMAGE_COUNT'],
    ['text among the images', () => send({ images: [...photos, Buffer.from('x')] }), 415, 'NOT_AN_IMAGE'],
    ['an empty file', () => send({ images: [...photos, Buffer.alloc(0)] }), 415, 'NOT_AN_IMAGE'],
    [
      'another kind of image',
      () => send({ images: [...photos, Buffer.from('GIF89a......')] }),
      415,
      'IMAGE_UNSUPPORTED',
    ],
    ['half an image', () => send({ images: [...photos, jpegFile().subarray(0, 60)] }), 422, 'IMAGE_TRUNCATED'],
    [
      'too many pixels',
      () => send({ images: [...photos, pngFile({ width: 50_000, height: 50_000 })] }),
      422,
      'TOO_MANY_PIXELS',
    ],
    [
      'too many bytes',
      () => send({ images: [...photos, jpegFile({ filling: 10_000_001 })] }),
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    ['files under another name', () => send({ field: 'photos' }), 422, 'VALIDATION_FAILED'],
    ['an id that is none', () => send({ userId: '5' }), 422, 'VALIDATION_FAILED'],
    ['an unknown person', () => send({ userId: '0198c0de-7a11-7c00-8000-00000000000a' }), 404, 'USER_NOT_FOUND'],
    ['a person of another organization', () => send({ as: stranger }), 404, 'USER_NOT_FOUND'],
    ['JSON', () => gateway.call('POST', '/faces/register', { as: operator, json: {} }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ])('refuses %s and keeps nothing', async (_what, sent, status, code) => {
    const before = await gateway.storedFiles();
    const answer = await sent();
    expect(answer).toMatchObject({ status, body: { code, data: null } });
    expect(await gateway.storedFiles()).toEqual(before);
    const { rows } = await database.owner.query('select 1 from registration_requests where user_id = $1', [person.id]);
    expect(rows).toEqual([]);
  });

  it('names the image that was refused', async () => {
    const answer = await send({ images: [photos[0] ?? jpegFile(), Buffer.from('x'), jpegFile().subarray(0, 60)] });
    expect(answer.body.errors.map(({ path, code }) => [path, code])).toEqual([
      ['/images/1', 'NOT_AN_IMAGE'],
      ['/images/2', 'IMAGE_TRUNCATED'],
    ]);
  });
});

describe('DELETE /faces/{face_id}', () => {
  it('erases a face once, for its own organization only, and writes it down', async () => {
    const face = await buildFace(database.owner, person);
    const path = `/faces/${face.id}`;
    expect(await gateway.call('DELETE', path, { as: stranger })).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
    expect(await gateway.call('DELETE', path, { as: operator })).toMatchObject({
      status: 200,
      body: { code: 'FACE_DELETED', data: { face_id: face.id, user_id: person.id } },
    });
    expect(await gateway.call('DELETE', path, { as: operator })).toMatchObject({ status: 404 });
    const { rows } = await database.owner.query(
      `select e.type, e.actor, d.detail ->> 'address' as address from events as e join audit_details as d on d.event_id = e.id where e.subject = $1`,
      [`faces/${face.id}`],
    );
    expect(rows).toEqual([{ type: 'face.deleted', actor: `user:${operator.id}`, address: '127.0.0.1' }]);
    const objects = await database.owner.query('select 1 from object_deletions where object_key = $1', [
      face.objectKey,
    ]);
    expect(objects.rowCount).toBe(1);
  });
});
