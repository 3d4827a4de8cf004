import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitUntil } from '@rollcall/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WorkerBench } from './testing/worker-bench.test.js';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await WorkerBench.open();
});
afterAll(() => bench.close());
afterEach(async () => {
  for (const worker of bench.workers.splice(0)) await worker.stop();
});

const showing = (person: string) => ({ faces: [{ person, like: 0.95 }] });
const whoIs = async (person: string) => bench.whoIsIn(await bench.submitFrame(showing(person)));
const folder = () => join(bench.folder, 'galleries', bench.organizationId);

describe('the gallery', () => {
  it('knows a person from the first frame after the enrolment and forgets one with the erasure', async () => {
    await bench.startWorker();
    expect(await whoIs('ann')).toEqual([null]);
    const ann = await bench.enrol('ann');
    expect(await whoIs('ann')).toEqual([ann]);
    await bench.erase(ann);
    expect(await whoIs('ann')).toEqual([null]);
  });

  it('keeps in step without any notification, on every worker', async () => {
    await bench.startWorker({ DOORBELL: 'off', WORKER_PROCESSES: '1' });
    await bench.startWorker({ DOORBELL: 'off', WORKER_PROCESSES: '1' });
    const bob = await bench.enrol('bob');
    for (const frame of await submitToBoth('bob', 'before')) expect(await bench.whoIsIn(frame)).toEqual([bob]);
    for (const worker of bench.workers) expect(worker.figures()).toMatchObject({ galleries: 1 });
    await bench.erase(bob);
    for (const frame of await submitToBoth('bob', 'after')) expect(await bench.whoIsIn(frame)).toEqual([null]);
  });

  it('does not match a person who is erased while the frame is in the pipeline', async () => {
    const worker = await bench.startWorker({ DOORBELL: 'off' });
    const cem = await bench.enrol('cem');
    const gate = join(bench.folder, 'erase-meanwhile');
    const frame = await bench.submitFrame({ ...showing('cem'), until: gate });
    await waitUntil('the frame is in a child', () => worker.figures()['busy'] === 1);
    await bench.erase(cem);
    await writeFile(gate, '');
    expect(await bench.whoIsIn(frame)).toEqual([null]);
    const [face] = await bench.facesOf(frame);
    expect(face).toMatchObject({ decision: 'unknown', user_id: null, review_kind: 'unknown' });
    expect(await bench.eventTypes(`recognitions/${frame}`)).toEqual(['recognition.requested', 'recognition.completed']);
  });

  it('does not match the faces of a deleted user', async () => {
    await bench.startWorker();
    const dea = await bench.enrol('dea');
    await bench.db.owner.query('update users set is_deleted = true where id = $1', [dea]);
    // Deleted without telling the gallery, which no function does: the check at completion is the second line.
    expect(await whoIs('dea')).toEqual([null]);
    await bench.erase(dea);
  });

  it('comes back from its snapshot, brought up to date', async () => {
    await bench.startWorker();
    const eve = await bench.enrol('eve');
    expect(await whoIs('eve')).toEqual([eve]);
    await bench.workers.pop()?.stop();
    expect((await readdir(folder())).sort()).toEqual([expect.stringContaining('.faiss'), 'scripted-model.json']);
    const gone = await enrolAside('gone');
    const worker = await bench.startWorker();
    expect(await whoIs('eve')).toEqual([eve]);
    expect(await whoIs('gone')).toEqual([gone]);
    expect(worker.log.filter(({ message }) => message.includes('gallery'))).toEqual([]);
  });

  it('is rebuilt from the database when its snapshot is damaged', async () => {
    await bench.startWorker();
    const fay = await bench.enrol('fay');
    expect(await whoIs('fay')).toEqual([fay]);
    await bench.workers.pop()?.stop();
    const index = (await readdir(folder())).find((name) => name.endsWith('.faiss')) ?? '';
    const bytes = await readFile(join(folder(), index));
    bytes.fill(0xff, 100, 200);
    await writeFile(join(folder(), index), bytes);
    const worker = await bench.startWorker();
    expect(await whoIs('fay')).toEqual([fay]);
    expect(worker.log.map(({ message }) => message)).toContainEqual(expect.stringContaining('cannot be used'));
  });

  it('is rebuilt when the snapshot belongs to another state of the database', async () => {
    await bench.startWorker();
    const gil = await bench.enrol('gil');
    expect(await whoIs('gil')).toEqual([gil]);
    await bench.workers.pop()?.stop();
    const path = join(folder(), 'scripted-model.json');
    const map = JSON.parse(await readFile(path, 'utf8')) as { version: number };
    await writeFile(path, JSON.stringify({ ...map, version: map.version + 1_000 }));
    const worker = await bench.startWorker();
    expect(await whoIs('gil')).toEqual([gil]);
    expect(worker.log.map(({ message }) => message)).toContainEqual(expect.stringContaining('another database'));
  });
});

/** Frames of one person that wait in the children until every worker has claimed some. */
async function submitToBoth(person: string, gateName: string): Promise<string[]> {
  const until = join(bench.folder, gateName);
  const frames = await Promise.all(Array.from({ length: 8 }, () => bench.submitFrame({ ...showing(person), until })));
  await waitUntil('both workers have frames', () => bench.workers.every((worker) => worker.figures()['busy'] === 1));
  await writeFile(until, '');
  return frames;
}

/** Enrols with a worker that keeps its galleries elsewhere, so that the snapshot in place stays as it is. */
async function enrolAside(person: string): Promise<string> {
  await bench.startWorker({ FAISS_INDEX_PATH: join(bench.folder, 'elsewhere') });
  const userId = await bench.enrol(person);
  await bench.workers.pop()?.stop();
  return userId;
}
