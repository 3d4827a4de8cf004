import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { enrolmentImages, unfitImages } from '@rollcall/sample-photos';
import { ApiClient, startRollcall, waitUntil, type RunningRollcall } from '@rollcall/testkit/rollcall';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Registered } from './people.js';

describe('a registration with photos that are not good enough', () => {
  let rollcall: RunningRollcall;
  let api: ApiClient;
  let admin: string;
  let database: pg.Client;
  let userId: string;
  let good: Buffer[];

  beforeAll(async () => {
    rollcall = await startRollcall();
    api = new ApiClient(rollcall.url);
    admin = await api.login(rollcall.admin.email, rollcall.admin.password);
    database = new pg.Client({ connectionString: rollcall.ownerUrl });
    await database.connect();
    const user = await api.call<{ user_id: string }>('POST', '/v1/ops/user', {
      token: admin,
      json: { full_name: 'Ada', email: 'ada@example.org', password: 'a-long-password-of-ada' },
    });
    expect(user.status, JSON.stringify(user.body)).toBe(201);
    userId = user.body.data.user_id;
    good = (await enrolmentImages('person-a')).map(({ bytes }) => bytes);
  });
  afterAll(async () => {
    await database.end();
    await rollcall.close();
  });

  const register = (images: Buffer[]) => api.register<Registered>(admin, userId, images, { prefer: 'wait=60' });
  const reasons = ({ rejected }: Registered) => rejected.map(({ image_index, code }) => [image_index, code]);

  async function storedImages(): Promise<number> {
    const folder = join(rollcall.stateDir, 'objects', rollcall.organizationId);
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    return files.filter((file) => file.isFile()).length;
  }

  async function rowsOf(table: 'face_images' | 'face_embeddings'): Promise<number> {
    await database.query("select set_config('app.organization_id', $1, false)", [rollcall.organizationId]);
    return (await database.query(`select from ${table} where user_id = $1`, [userId])).rowCount ?? 0;
  }

  it('says what is wrong with each, and with too few good ones keeps nothing', async () => {
    const unfit = await unfitImages();
    const answer = await register([...unfit.map(({ bytes }) => bytes), ...good.slice(0, 1)]);
    expect([answer.status, answer.body.code], JSON.stringify(answer.body)).toEqual([422, 'TOO_FEW_GOOD_IMAGES']);
    expect(reasons(answer.body.data)).toEqual(unfit.map(({ code }, index) => [index, code]));
    expect(unfit.map(({ code }) => code)).toEqual(['MULTIPLE_FACES', 'NO_FACE', 'BLURRED', 'FACE_TOO_SMALL']);
    expect(answer.body.data).toMatchObject({ status: 'rejected', face_registered: false, faces: [] });
    expect([await rowsOf('face_images'), await rowsOf('face_embeddings')]).toEqual([0, 0]);
    await waitUntil('the images are gone from the object store', async () => (await storedImages()) === 0);
  });

  it('enrols from three good ones among them, and keeps only those', async () => {
    const unfit = await unfitImages();
    const blurred = unfit.find(({ code }) => code === 'BLURRED');
    const pair = unfit.find(({ code }) => code === 'MULTIPLE_FACES');
    const [first, second, third] = good;
    if (!blurred || !pair || !first || !second || !third) throw new Error('the sample photos lack an image');
    const answer = await register([first, blurred.bytes, second, pair.bytes, third]);
    expect([answer.status, answer.body.code], JSON.stringify(answer.body)).toEqual([201, 'FACE_REGISTERED']);
    expect(answer.body.data).toMatchObject({ status: 'completed', face_registered: true });
    expect(answer.body.data.faces.map(({ image_index }) => image_index)).toEqual([0, 2, 4]);
    expect(reasons(answer.body.data)).toEqual([
      [1, 'BLURRED'],
      [3, 'MULTIPLE_FACES'],
    ]);
    expect([await rowsOf('face_images'), await rowsOf('face_embeddings')]).toEqual([3, 3]);
    await waitUntil('only the good images are left in the object store', async () => (await storedImages()) === 3);
  });
});
