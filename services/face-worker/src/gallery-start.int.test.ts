import { buildManyFaces, waitUntil } from '@rollcall/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SCRIPTED_DIMENSION, WorkerBench } from './testing/worker-bench.test.js';

/** How long 100,000 take is measured by `node bench/dist/gallery-start.js`. */
const FACES = 10_000;

let bench: WorkerBench;
beforeAll(async () => {
  bench = await WorkerBench.open();
});
afterAll(() => bench.close());

it('a gallery that was in use is loaded from its file at the start, without a frame that asks for it', async () => {
  await bench.startWorker();
  const ann = await bench.enrol('ann');
  const { organizationId } = bench;
  const crowd = { organizationId, userId: await bench.newUser('Many Faces'), modelId: 'scripted-model' };
  await buildManyFaces(bench.db.owner, { ...crowd, dimension: SCRIPTED_DIMENSION, faces: FACES });
  const showAnn = async () => bench.whoIsIn(await bench.submitFrame({ faces: [{ person: 'ann', like: 0.95 }] }));
  expect(await showAnn()).toEqual([ann]);
  await bench.workers.pop()?.stop();

  const worker = await bench.startWorker();
  await waitUntil('the gallery is there', () => (worker.figures()['faces'] as number) > FACES);
  expect(worker.log.map(({ message }) => message)).not.toContainEqual(
    expect.stringContaining('built from the database'),
  );
  expect(await showAnn()).toEqual([ann]);
});
