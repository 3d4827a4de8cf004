import { fileURLToPath } from 'node:url';
import { crossPhotoPair, enrolmentImages, frames } from '@rollcall/sample-photos';
import { waitUntil } from '@rollcall/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WorkerBench } from './testing/worker-bench.test.js';

const realChild = new URL('../dist/pipeline/pipeline-child.js', import.meta.url);
const real = { MODEL_PATH: fileURLToPath(new URL('../../../models', import.meta.url)), EMBEDDING_DIM: '512' };
let bench: WorkerBench;
beforeAll(async () => {
  bench = await WorkerBench.open();
});
afterAll(() => bench.close());
afterEach(async () => {
  for (const worker of bench.workers.splice(0)) await worker.stop();
});

const frameNamed = async (name: string) =>
  (await frames()).find((frame) => frame.name === name)?.bytes ?? Buffer.alloc(0);

describe('with the real pipeline', () => {
  it('a person enrolled from one photo is found in another, and the others in it are strangers', async () => {
    await bench.startWorker(real, realChild);
    const user = await bench.newUser();
    const images = (await enrolmentImages(crossPhotoPair.enrolled)).map(({ bytes }) => bytes);
    const registration = await bench.submitRegistration(user, images);
    expect(await bench.endOf('registration', registration)).toMatchObject({ status: 'completed' });

    const seen = await bench.whoIsIn(await bench.submitFrame(await frameNamed(crossPhotoPair.frame)));

    expect(seen.filter((userId) => userId !== null)).toEqual([user]);
    expect(seen).toHaveLength(3);
  });

  it('a photo of another person is thrown out of a registration', async () => {
    await bench.startWorker(real, realChild);
    const [own, other] = await Promise.all([enrolmentImages('person-a'), enrolmentImages('person-d')]);
    const images = [own[0], own[1], other[0], own[2]].map((image) => image?.bytes ?? Buffer.alloc(0));
    const id = await bench.submitRegistration(await bench.newUser(), images);
    expect((await bench.endOf('registration', id)).status).toBe('completed');
    const { rows } = await bench.db.owner.query<{ rejected: unknown }>(
      'select rejected from registration_requests where id = $1',
      [id],
    );
    expect(rows[0]?.rejected).toMatchObject([{ image_index: 2, code: 'DIFFERENT_PERSON' }]);
  });

  it('what is no image or cut short ends as failed at once, with its reason', async () => {
    await bench.startWorker(real, realChild);
    const photo = await frameNamed('sample1-arrival');
    const reasonOf = async (id: string) => {
      const { status, reason, attempts } = await bench.endOf('recognition', id);
      return [status, reason, attempts];
    };
    expect(await reasonOf(await bench.submitFrame(Buffer.from('a text')))).toEqual(['failed', 'IMAGE_UNSUPPORTED', 1]);
    expect(await reasonOf(await bench.submitFrame(photo.subarray(0, 3_000)))).toEqual(['failed', 'IMAGE_DAMAGED', 1]);
    expect(await reasonOf(await bench.submitFrame(new Uint8Array(0)))).toEqual(['failed', 'IMAGE_EMPTY', 1]);
  });

  it('a frame whose storage is away waits without losing a try, and is decided when the storage is back', async () => {
    await bench.startWorker(real, realChild);
    const photo = await frameNamed('sample1-arrival');
    const imageKey = await bench.putImage(photo);
    await bench.objects.delete(imageKey);
    const id = await bench.submitFrame({ imageKey });
    await waitUntil(
      'the frame is put off',
      async () => (await bench.stateOf('recognition', id)).reason === 'IMAGE_MISSING',
    );
    expect(await bench.stateOf('recognition', id)).toMatchObject({
      status: 'processing',
      attempts: 0,
      claimed_by: null,
    });
    await bench.objects.put(imageKey, photo);
    expect(await bench.endOf('recognition', id)).toMatchObject({ status: 'completed' });
  });

  it('random vectors are marked synthetic and ask nobody', async () => {
    await bench.startWorker({ ...real, FACE_EMBEDDER: 'random-dev' }, realChild);
    const id = await bench.submitFrame(await frameNamed('sample1-arrival'));
    await bench.endOf('recognition', id);
    const { rows } = await bench.db.owner.query<{ synthetic: boolean; model_id: string }>(
      'select synthetic, model_id from recognition_requests where id = $1',
      [id],
    );
    expect(rows[0]).toEqual({ synthetic: true, model_id: 'random-dev' });
    expect((await bench.facesOf(id)).map(({ review_kind }) => review_kind)).toEqual([null, null, null]);
  });

  it('random vectors are refused in production', async () => {
    const starting = bench.startWorker({ ...real, FACE_EMBEDDER: 'random-dev', NODE_ENV: 'production' }, realChild);
    await expect(starting).rejects.toThrow(/refused in production/);
  });
});
