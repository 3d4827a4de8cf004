import { createHash } from 'node:crypto';
import type { RecognizeResponse } from '@rollcall/contracts';
import type { ApiClient, ImageFile } from '../api/api-client.js';
import { waitForRecognition } from '../api/wait-for-result.js';
import type { DemoFrame } from './demo-plan.js';
import { loadImage } from './prepare-people.js';

export interface SentFrame {
  readonly frame: DemoFrame;
  readonly result: RecognizeResponse;
}

/** How many frames are on their way at a time. */
const IN_FLIGHT = 4;

/** Sends all frames and waits for their results, given in the order of the frames. @throws ApiError */
export async function sendFrames(
  client: ApiClient,
  frames: readonly DemoFrame[],
  onResult: (done: number) => void,
): Promise<SentFrame[]> {
  const sent: SentFrame[] = [];
  let next = 0;
  let done = 0;
  const sendInTurn = async (): Promise<void> => {
    for (let index = next++; index < frames.length; index = next++) {
      const frame = frames[index];
      if (frame === undefined) break;
      sent[index] = { frame, result: await sendFrame(client, frame) };
      onResult(++done);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendInTurn));
  return sent;
}

async function sendFrame(client: ApiClient, frame: DemoFrame): Promise<RecognizeResponse> {
  const image = await loadImage(frame.image);
  const fields = { source_type: 'camera', source_id: frame.sourceId, timestamp: frame.capturedAt } as const;
  const idempotencyKey = keyOf(frame, image);
  return waitForRecognition(client, await client.recognize(fields, image, { idempotencyKey, waitSeconds: 20 }));
}

/** The same frame always has the same key: a second run asks for the result of the first. */
function keyOf({ sourceId, capturedAt }: DemoFrame, { bytes }: ImageFile): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([sourceId, capturedAt]))
    .update(bytes)
    .digest('hex');
  return `demo-${digest.slice(0, 40)}`;
}
