import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startHalfOpenProxy, waitUntil, type HalfOpenProxy } from '@rollcall/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WorkerBench } from './testing/worker-bench.test.js';

let bench: WorkerBench;
let proxy: HalfOpenProxy;
beforeAll(async () => {
  bench = await WorkerBench.open();
  proxy = await startHalfOpenProxy({ port: Number(new URL(bench.db.systemUrl).port) });
});
afterAll(async () => {
  for (const worker of bench.workers.splice(0)) await worker.stop();
  // The server would keep the silent connection for as long as its system does.
  await proxy.close();
  await bench.close();
});

/** Frames that wait in the children of both workers, so that each answers some. */
async function framesOf(person: string, gateName: string): Promise<string[]> {
  const until = join(bench.folder, gateName);
  const script = { faces: [{ person, like: 0.95 }], until };
  const frames = await Promise.all(Array.from({ length: 8 }, () => bench.submitFrame(script)));
  await waitUntil('both workers have frames', () => bench.workers.every((worker) => worker.figures()['busy'] === 1));
  await writeFile(until, '');
  return frames;
}

describe('two workers, of which one hears nothing any more', () => {
  it('neither matches somebody who was erased, and both know who came meanwhile', async () => {
    const viaProxy = new URL(bench.db.systemUrl);
    viaProxy.port = String(proxy.port);
    await bench.startWorker({ WORKER_PROCESSES: '1' });
    const deaf = await bench.startWorker({ WORKER_PROCESSES: '1', DATABASE_URL: viaProxy.href });
    await waitUntil('it listens', () => deaf.figures()['doorbell'] === 'listening');
    const gone = await bench.enrol('gone');
    for (const frame of await framesOf('gone', 'before')) expect(await bench.whoIsIn(frame)).toEqual([gone]);

    // The listener alone dies, without a word: for seconds it believes that it listens.
    expect(proxy.freeze((opening) => opening.includes('doorbell'))).toBe(1);
    await bench.erase(gone);
    const come = await bench.enrol('come');

    for (const frame of await framesOf('gone', 'after')) expect(await bench.whoIsIn(frame)).toEqual([null]);
    for (const frame of await framesOf('come', 'come')) expect(await bench.whoIsIn(frame)).toEqual([come]);
  });
});
