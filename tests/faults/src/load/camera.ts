import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../plan/random.js';
import { BrokenContractError, callGateway, isWorthRepeating, type CallAnswer } from './gateway-call.js';
import { countUp, type LoadFigures } from './load-figures.js';
import type { Valve } from './valve.js';

export interface LoadImage {
  readonly bytes: Uint8Array;
  readonly mode: 'single' | 'group';
}

export interface CameraOptions {
  readonly url: string;
  readonly key: string;
  readonly name: string;
  readonly images: readonly LoadImage[];
  readonly random: Random;
  readonly figures: LoadFigures;
  /** Shut: the frame in hand is seen through, no other is begun. */
  readonly valve: Valve;
  readonly everyMs: number;
}

const PATIENCE_MS = 12_000;
const PAUSE_BEFORE_REPEAT_MS = 400;
/** One frame in so many is sent twice in the same moment, under the same key. */
const ONE_IN_IMPATIENT = 12;
/** One frame in so many was taken while the camera was cut off, up to two days ago. */
const ONE_IN_LATE = 15;
const LATEST_MS = 2 * 86_400_000;

/** A frame as it is sent, however often. */
export interface OfferedFrame {
  readonly key: string;
  readonly capturedAt: string;
  readonly image: LoadImage;
}

/** A camera that sends frames one after the other and does not give up on any of them. */
export function createCamera(options: CameraOptions) {
  const { figures, random } = options;
  let lastCapture = 0;

  function frame(image: LoadImage): OfferedFrame {
    // No two of a camera at the same millisecond: each is told from the others by it.
    lastCapture = Math.max(lastCapture + 1, Date.now());
    const ago = Math.floor(random.between(0, ONE_IN_LATE)) === 0 ? Math.floor(random.between(0, LATEST_MS)) : 0;
    return { key: randomUUID(), capturedAt: new Date(lastCapture - ago).toISOString(), image };
  }

  async function attempt({ key, capturedAt, image }: OfferedFrame): Promise<CallAnswer<{ recognition_id: string }>> {
    const form = new FormData();
    form.set('source_type', 'camera');
    form.set('source_id', options.name);
    form.set('timestamp', capturedAt);
    form.set('mode', image.mode);
    form.set('image', new Blob([Uint8Array.from(image.bytes)], { type: 'image/jpeg' }), 'frame.jpg');
    return callGateway({
      ...{ method: 'POST', url: `${options.url}/faces/recognize`, token: options.key, body: form },
      ...{ headers: { 'idempotency-key': key }, timeoutMs: PATIENCE_MS },
    });
  }

  function countUnanswered(error: unknown): void {
    figures.unanswered += 1;
    const { name, cause } = error as Error & { readonly cause?: { readonly code?: string } };
    if (name !== 'TimeoutError' && cause?.code !== 'ECONNREFUSED') figures.cut += 1;
  }

  /** Sends it until there is an answer; the id, or undefined when it was refused. */
  async function send(offered: OfferedFrame): Promise<string | undefined> {
    const firstSentAt = performance.now();
    for (;;) {
      try {
        const answer = await attempt(offered);
        if (answer.status === 202 || answer.status === 200) {
          figures.accept(answer.body.data.recognition_id, firstSentAt);
          return answer.body.data.recognition_id;
        }
        if (!isWorthRepeating(answer)) {
          countUp(figures.refused, answer.body.code);
          return undefined;
        }
        if (answer.status === 500) figures.broken.push(`500 ${answer.body.code} ${answer.body.meta.request_id}`);
        countUp(figures.putOff, answer.status);
      } catch (error) {
        if (error instanceof BrokenContractError) figures.broken.push(error.message);
        else countUnanswered(error);
      }
      await sleep(PAUSE_BEFORE_REPEAT_MS);
    }
  }

  /** Several clients at once with the same frame under the same key, as of somebody who presses the button again. */
  async function sendAtOnce(offered: OfferedFrame, times: number): Promise<string | undefined> {
    figures.offered += 1;
    const ids = await Promise.all(Array.from({ length: times }, () => send(offered)));
    if (new Set(ids).size > 1) figures.forked.push(`${offered.key}: ${ids.join(', ')}`);
    return ids[0];
  }

  return {
    frame,
    sendAtOnce,
    /** Until the valve is closed for good. */
    async run(): Promise<void> {
      while (await options.valve.isOpen()) {
        const startedAt = performance.now();
        const impatient = Math.floor(random.between(0, ONE_IN_IMPATIENT)) === 0;
        await options.valve.during(() => sendAtOnce(frame(random.pick(options.images)), impatient ? 2 : 1));
        await sleep(Math.max(0, options.everyMs - (performance.now() - startedAt)));
      }
    },
  };
}

export type Camera = ReturnType<typeof createCamera>;
