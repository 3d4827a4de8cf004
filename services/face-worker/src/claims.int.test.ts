import { writeFile } from 'node:fs/promises';
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

describe('claims', () => {
  it('are shared by two workers: every frame is answered once', async () => {
    await bench.startWorker();
    await bench.startWorker();
    await waitUntil('both hear of frames', () =>
      bench.workers.every((worker) => worker.figures()['doorbell'] === 'listening'),
    );
    const frames = await Promise.all(Array.from({ length: 40 }, () => bench.submitFrame({ faces: [{ person: 'x' }] })));
    for (const frame of frames) {
      expect(await bench.endOf('recognition', frame)).toMatchObject({ status: 'completed', attempts: 1 });
      expect(await bench.facesOf(frame)).toHaveLength(1);
    }
    const done = () => bench.workers.map((worker) => Number(worker.figures()['frames_completed'] ?? 0));
    // A worker counts a frame once it is told that its answer is written, which others may see before.
    await waitUntil('all are counted', () => done().reduce((sum, count) => sum + count, 0) >= 40);
    expect(done().reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(Math.min(...done())).toBeGreaterThan(0);
  });

  it('are kept alive for a frame that takes longer than a lease', async () => {
    const worker = await bench.startWorker({ CLAIM_LEASE_SECONDS: '1' });
    const gate = join(bench.folder, 'long');
    const frame = await bench.submitFrame({ faces: [], until: gate });
    const claimedUntil = async () =>
      (
        await bench.db.owner.query<{ claimed_until: Date | null }>(
          'select claimed_until from recognition_requests where id = $1',
          [frame],
        )
      ).rows[0]?.claimed_until?.getTime();
    const first = await waitUntil('the frame is claimed', claimedUntil);
    await waitUntil('the lease was renewed for longer than it is long', async () => {
      return ((await claimedUntil()) ?? 0) > first + 1_500;
    });
    await writeFile(gate, '');
    expect(await bench.endOf('recognition', frame)).toMatchObject({ status: 'completed', attempts: 1 });
    await waitUntil('it is counted', () => worker.figures()['frames_completed'] === 1);
  });

  it('that are lost cost the frame no second answer, and leave no crop', async () => {
    const slow = await bench.startWorker();
    const gate = join(bench.folder, 'lost');
    const frame = await bench.submitFrame({ faces: [{ person: 'x' }], until: gate });
    await waitUntil('the frame is in a child', () => slow.figures()['busy'] === 1);
    await slow.runPhase('stop-intake');
    // As if the first worker had been cut off from the database for longer than its lease.
    const other = await bench.startWorker();
    const crops = (await bench.storedKeys()).length;
    await waitUntil('the other worker has it', async () => {
      // The first goes on renewing: again and again, until the other was quicker.
      await bench.db.owner.query(
        `update recognition_requests set claimed_until = now() - interval '1 s' where id = $1 and attempts = 1`,
        [frame],
      );
      return (await bench.stateOf('recognition', frame)).attempts === 2;
    });
    await writeFile(gate, '');
    expect((await bench.endOf('recognition', frame)).status).toBe('completed');
    await waitUntil('the slow worker has nothing in hand', () => slow.figures()['in_hand'] === 0);
    expect(Number(slow.figures()['frames_lost'] ?? 0) + Number(other.figures()['frames_lost'] ?? 0)).toBe(1);
    expect(await bench.facesOf(frame)).toHaveLength(1);
    expect(await bench.storedKeys()).toHaveLength(crops + 1);
    expect(await bench.eventTypes(`recognitions/${frame}`)).toEqual(['recognition.requested', 'recognition.completed']);
  });
});
