import type { ImageUploadResponse, ImageVerdict, RegisterResponse } from '@rollcall/contracts';
import { buildOrganization, buildUser, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jpegFile, pngFile } from '../../../domain/image-files.test.js';
import { completeRegistrations, completeUploads } from '../../../testing/play-worker.test.js';
import { buildPrincipal, formOf, startTestGateway, type TestGateway } from '../../../testing/test-gateway.test.js';

let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
let stranger: BuiltUser;

const PATH = '/v1/ops/upload-image';
const unfit: ImageVerdict = { fit: false, code: 'NO_FACE', message: 'No face.', face_count: 0, faces: [] };
const face: ImageVerdict['faces'][number] = {
  box: { x: 1, y: 2, width: 100, height: 100 },
  detection_score: 0.99,
  quality: { blur: 200, size: 100, yaw: 1, pitch: 2, roll: 3 },
  liveness: { score: null, verdict: 'unknown' },
};
const fit: ImageVerdict = { fit: true, code: null, message: null, face_count: 1, faces: [face] };

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
});

beforeEach(async () => {
  await database.owner.query('delete from uploaded_images');
  operator = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
  stranger = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'ADMIN');
});

afterAll(async () => {
  await gateway.close();
  await database.close();
});

function upload(files: readonly Buffer[] = [jpegFile()], headers: Record<string, string> = {}, as = operator) {
  const form = formOf({ files: files.map((file) => ['image', file] as const) });
  return gateway.call<ImageUploadResponse>('POST', PATH, { as, form, headers });
}
const get = (id: string, as = operator) => gateway.call<ImageUploadResponse>('GET', `${PATH}/${id}`, { as });

/** Plays the worker until it has had something to do. */
async function judge(verdict: ImageVerdict | null): Promise<void> {
  await expect.poll(() => completeUploads(database, verdict)).toBe(1);
}

describe('POST /v1/ops/upload-image', () => {
  it('waits for the verdict', async () => {
    const [answer] = await Promise.all([upload(), judge(fit)]);
    expect(answer).toMatchObject({
      status: 201,
      body: {
        code: 'IMAGE_UPLOADED',
        data: { status: 'completed', verdict: fit, content_type: 'image/jpeg', width: 640, height: 480 },
      },
    });
    const { image_id, uploaded_at, expires_at } = answer.body.data;
    expect(Date.parse(expires_at) - Date.parse(uploaded_at)).toBe(24 * 3_600_000);
    expect(answer.headers.get('location')).toBe(`${PATH}/${image_id}`);
    expect((await get(image_id)).body.data).toEqual(answer.body.data);
  });

  it('has a verdict for an unfit image too: it is stored all the same', async () => {
    const [answer] = await Promise.all([upload([pngFile()]), judge(unfit)]);
    expect(answer).toMatchObject({ status: 201, body: { data: { verdict: unfit } } });
  });

  it('answers at once when nobody wants to wait, and tells later', async () => {
    const answer = await upload(undefined, { prefer: 'wait=0' });
    expect(answer).toMatchObject({
      status: 202,
      body: { code: 'IMAGE_ACCEPTED', data: { status: 'queued', verdict: null } },
    });
    await judge(fit);
    expect((await get(answer.body.data.image_id)).body.data).toMatchObject({ status: 'completed', verdict: fit });
  });

  it('says when the image cannot be judged', async () => {
    const [answer] = await Promise.all([upload(), judge(null)]);
    expect(answer).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
  });

  it('stores one image for one idempotency key', async () => {
    const before = (await gateway.storedFiles()).length;
    const headers = { 'idempotency-key': 'k', prefer: 'wait=0' };
    const answers = await Promise.all([upload(undefined, headers), upload(undefined, headers)]);
    expect(new Set(answers.map(({ body }) => body.data.image_id)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true')).toHaveLength(1);
    expect((await gateway.storedFiles()).length).toBe(before + 1);
    expect(await upload([pngFile()], headers)).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect((await gateway.storedFiles()).length).toBe(before + 1);
    await database.owner.query('delete from uploaded_images');
    expect(await upload(undefined, headers)).toMatchObject({ status: 404 });
  });

  it.each([
    ['no image', () => upload([]), 422, 'WRONG_IMAGE_COUNT'],
    ['two images', () => upload([jpegFile(), jpegFile()]), 422, 'WRONG_IMAGE_COUNT'],
    ['a text', () => upload([Buffer.from('a text')]), 415, 'NOT_AN_IMAGE'],
    ['an empty file', () => upload([Buffer.alloc(0)]), 415, 'NOT_AN_IMAGE'],
    ['another kind of image', () => upload([Buffer.from('GIF89a......')]), 415, 'IMAGE_UNSUPPORTED'],
    ['too many bytes', () => upload([jpegFile({ filling: 10_000_001 })]), 413, 'PAYLOAD_TOO_LARGE'],
    ['half an image', () => upload([jpegFile().subarray(0, 120)]), 422, 'IMAGE_TRUNCATED'],
    ['too small a one', () => upload([jpegFile({ width: 10, height: 10 })]), 422, 'VALIDATION_FAILED'],
    ['too many pixels', () => upload([pngFile({ width: 30_000, height: 30_000 })]), 422, 'TOO_MANY_PIXELS'],
    ['JSON', () => gateway.call('POST', PATH, { as: operator, json: {} }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ])('refuses %s and keeps nothing', async (_what, call, status, code) => {
    const before = await gateway.storedFiles();
    expect(await call()).toMatchObject({ status, body: { code } });
    expect(await gateway.storedFiles()).toEqual(before);
    const { rowCount } = await database.owner.query('select from uploaded_images');
    expect(rowCount).toBe(0);
  });

  it('shows an image to its organization alone, and only until its time is over', async () => {
    const { image_id } = (await upload(undefined, { prefer: 'wait=0' })).body.data;
    expect(await get(image_id, stranger)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await get(image_id)).toMatchObject({ status: 200 });
    await database.owner.query("update uploaded_images set expires_at = now() - interval '1 second'");
    expect(await get(image_id)).toMatchObject({ status: 404 });
  });

  it('leaves a line in the trail', async () => {
    const { image_id } = (await upload(undefined, { prefer: 'wait=0' })).body.data;
    const { rows } = await database.owner.query(
      `select e.type, e.actor, e.payload from events as e join audit_details as d on d.event_id = e.id where e.subject = $1`,
      [`images/${image_id}`],
    );
    expect(rows).toEqual([{ type: 'image.uploaded', actor: `user:${operator.id}`, payload: { image_id } }]);
  });
});

describe('enrolling from uploaded images', () => {
  const uploadOne = async (as = operator) => (await upload([jpegFile()], { prefer: 'wait=0' }, as)).body.data.image_id;
  const register = (
    userId: string,
    ids: readonly string[],
    { files = 0, headers = {} }: { files?: number; headers?: Record<string, string> } = {},
  ) =>
    gateway.call<RegisterResponse>('POST', '/faces/register', {
      as: operator,
      headers: { prefer: 'wait=0', ...headers },
      form: formOf({
        fields: { user_id: userId, image_ids: ids.join(',') },
        files: Array.from({ length: files }, () => ['images', jpegFile()] as const),
      }),
    });

  it('takes them over, with those of the call after them', async () => {
    const user = await buildUser(database.owner, operator.organizationId);
    const ids = [await uploadOne(), await uploadOne()];
    const headers = { 'idempotency-key': 'k' };
    const answer = await register(user.id, ids, { files: 1, headers });
    expect(answer).toMatchObject({ status: 202 });
    const stored = await gateway.storedFiles();
    for (const id of ids) expect(await get(id)).toMatchObject({ status: 404 });
    // Again with the same key: the same enrolment, though the images are used by now.
    const again = await register(user.id, ids, { files: 1, headers });
    expect(again.body.data.registration_id).toBe(answer.body.data.registration_id);
    expect(await gateway.storedFiles()).toEqual(stored);
    const { rows } = await database.owner.query<{ index: number; object_key: string }>(
      `select i.index, i.object_key from registration_requests, jsonb_to_recordset(images) as i (index int, object_key text)
       where id = $1 order by 1`,
      [answer.body.data.registration_id],
    );
    expect(rows.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(new Set(rows.map(({ object_key }) => object_key)).size).toBe(3);
    await completeRegistrations(database, { good: [0, 1, 2] });
    const faces = await gateway.call<unknown[]>('GET', `/v1/ops/user/${user.id}/faces`, { as: operator });
    expect(faces.body.data).toHaveLength(3);
  });

  it('gives each image to one enrolment', async () => {
    const user = await buildUser(database.owner, operator.organizationId);
    const ids = [await uploadOne(), await uploadOne(), await uploadOne()];
    const answers = await Promise.all([register(user.id, ids), register(user.id, ids)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 404]);
  });

  it('takes nothing when something is missing, foreign or wrong', async () => {
    const user = await buildUser(database.owner, operator.organizationId);
    const ids = [await uploadOne(), await uploadOne()];
    const foreign = await uploadOne(stranger);
    const nobody = '0198c0de-7a11-7c00-8000-00000000dead';
    expect(await register(user.id, [...ids, foreign])).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND', errors: [{ path: '/image_ids' }] },
    });
    expect(await register(nobody, ids, { files: 1 })).toMatchObject({ status: 404, body: { code: 'USER_NOT_FOUND' } });
    expect(await register(user.id, ids)).toMatchObject({ status: 422, body: { code: 'WRONG_IMAGE_COUNT' } });
    expect(await register(user.id, ['x'])).toMatchObject({
      status: 422,
      body: { code: 'VALIDATION_FAILED', errors: [{ path: '/image_ids' }] },
    });
    const left = await database.owner.query('select from uploaded_images where id = any($1)', [[...ids, foreign]]);
    expect(left.rowCount).toBe(3);
  });
});
