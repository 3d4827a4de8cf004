import type { ImageUploadResponse, ImageVerdict, RegisterResponse } from '@rollcall/contracts';
import { buildOrganization, buildUser, createTestDatabase, type BuiltUser, type TestDatabase } from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jpegFile } from '../domain/image-files.test.js';
import { completeRegistrations, completeUploads, failRegistrations } from '../testing/play-worker.test.js';
import { buildPrincipal, formOf, startTestGateway, type TestGateway } from '../testing/test-gateway.test.js';

/** Calls whose worker was lost, sent again with the same Idempotency-Key, as they were told. */
let database: TestDatabase;
let gateway: TestGateway;
let operator: BuiltUser;
let person: BuiltUser;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startTestGateway(database);
  operator = await buildPrincipal(database, (await buildOrganization(database.owner)).id, 'OPERATOR');
  person = await buildUser(database.owner, operator.organizationId);
});
afterAll(async () => {
  await gateway.close();
  await database.close();
});

const count = async (table: string): Promise<number> => {
  const { rows } = await database.owner.query<{ count: number }>(`select count(*)::integer as count from ${table}`);
  return rows[0]?.count ?? 0;
};
const headersOf = (key: string, wait = 0) => ({ 'idempotency-key': key, prefer: `wait=${String(wait)}` });

describe('an upload', () => {
  const unfit: ImageVerdict = { fit: false, code: 'NO_FACE', message: 'No face.', face_count: 0, faces: [] };
  const upload = (key: string, wait?: number, image = jpegFile()) =>
    gateway.call<ImageUploadResponse>('POST', '/v1/ops/upload-image', {
      ...{ as: operator, form: formOf({ files: [['image', image]] }), headers: headersOf(key, wait) },
    });
  const lost = async (key: string): Promise<string> => {
    const { image_id } = (await upload(key)).body.data;
    expect(await completeUploads(database, null)).toBe(1);
    return image_id;
  };

  it('is judged anew, and its key answers with what that made from then on', async () => {
    const first = await lost('upload-1');
    const second = await upload('upload-1');
    expect(second).toMatchObject({ status: 202, body: { data: { status: 'queued' } } });
    expect(second.body.data.image_id).not.toBe(first);
    expect(second.headers.has('idempotency-replayed')).toBe(false);
    // Meanwhile it answers what is so now.
    expect(await upload('upload-1')).toMatchObject({ status: 202, body: { data: second.body.data } });
    expect(await completeUploads(database, unfit)).toBe(1);
    const third = await upload('upload-1', 5);
    expect(third).toMatchObject({ status: 201, body: { data: { image_id: second.body.data.image_id } } });
    expect(third.headers.get('idempotency-replayed')).toBe('true');
  });

  it('sent again many times at once is judged once', async () => {
    await lost('upload-2');
    const before = await count('uploaded_images');
    const answers = await Promise.all(Array.from({ length: 5 }, () => upload('upload-2')));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    expect(new Set(answers.map(({ body }) => body.data.image_id)).size).toBe(1);
    expect(await count('uploaded_images')).toBe(before + 1);
    expect(await completeUploads(database, unfit)).toBe(1);
  });

  it('with another image under the key stays refused', async () => {
    await lost('upload-3');
    const other = await upload('upload-3', 0, jpegFile({ width: 700 }));
    expect(other).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });
});

describe('an enrolment', () => {
  const photos = [jpegFile(), jpegFile({ width: 700 }), jpegFile({ width: 800 })];
  const register = (key: string, wait?: number) =>
    gateway.call<RegisterResponse>('POST', '/faces/register', {
      as: operator,
      form: formOf({ fields: { user_id: person.id }, files: photos.map((image) => ['images', image] as const) }),
      headers: headersOf(key, wait),
    });

  it('is done anew, once, and its key answers with what that made from then on', async () => {
    const first = await register('enrol-1');
    await failRegistrations(database, 'WORKER_LOST');
    const before = await count('registration_requests');
    const answers = await Promise.all(Array.from({ length: 5 }, () => register('enrol-1')));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    const ids = new Set(answers.map(({ body }) => body.data.registration_id));
    expect([ids.size, ids.has(first.body.data.registration_id)]).toEqual([1, false]);
    expect(answers.filter(({ headers }) => headers.has('idempotency-replayed'))).toHaveLength(4);
    expect(await count('registration_requests')).toBe(before + 1);

    await completeRegistrations(database, { good: [0, 1, 2] });
    expect(await register('enrol-1', 5)).toMatchObject({
      status: 201,
      body: { data: { registration_id: [...ids][0], status: 'completed' } },
    });
    expect(await count('face_embeddings')).toBe(3);
  });

  it('keeps none of the photos of the attempt that failed', async () => {
    await register('enrol-2');
    await failRegistrations(database, 'WORKER_LOST');
    const files = (await gateway.storedFiles()).length;
    await register('enrol-2');
    expect((await gateway.storedFiles()).length).toBe(files + photos.length);
    const { rows } = await database.owner.query<{ status: string; images: number }>(
      'select status, jsonb_array_length(images) as images from registration_requests order by created_at desc, id desc limit 2',
    );
    expect(rows).toEqual([
      { status: 'queued', images: 3 },
      { status: 'failed', images: 0 },
    ]);
  });
});
