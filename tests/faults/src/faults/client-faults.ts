import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@rollcall/testkit/rollcall';
import { withCrashMark } from '../preload/crash-mark.js';
import type { Fault } from './fault.js';

/** As the worker tries a request whose child died. */
const TRIES = 3;

const crashingFrame: Fault = {
  name: 'crashing-frame',
  // Its own frame and no other.
  allowedFailures: { PIPELINE_CRASHED: 1 },
  async run({ stage, camera, images, random }) {
    const { bytes, mode } = random.pick(images);
    const id = await camera.sendAtOnce(camera.frame({ bytes: withCrashMark(bytes), mode }), 1);
    if (id === undefined) throw new Error('the frame that crashes was not accepted');
    const end = await waitUntil('the frame that crashes has an end', async () => {
      const { rows } = await stage.looking.query<{ status: string; reason: string | null; attempts: number }>(
        'select status, reason, attempts from recognition_requests where id = $1',
        [id],
      );
      return rows[0]?.status === 'queued' || rows[0]?.status === 'processing' ? undefined : rows[0];
    });
    if (end.status !== 'failed' || end.reason !== 'PIPELINE_CRASHED' || end.attempts !== TRIES) {
      throw new Error(`the frame that crashes ended ${end.status} ${end.reason ?? ''} after ${end.attempts} tries`);
    }
    return `took ${TRIES} children with it, then failed as ${end.reason}`;
  },
};

const impatientClient: Fault = {
  name: 'impatient-client',
  async run({ camera, images, random }) {
    const times = Math.round(random.between(4, 12));
    const frames = Array.from({ length: 6 }, () => camera.frame(random.pick(images)));
    for (const frame of frames) {
      await camera.sendAtOnce(frame, times);
      await sleep(random.between(0, 100));
      // And once more when it has long been answered.
      await camera.sendAtOnce(frame, 1);
    }
    return `${frames.length} frames, each ${times} times at the same moment`;
  },
};

export const clientFaults: readonly Fault[] = [crashingFrame, impatientClient];
