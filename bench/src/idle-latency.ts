import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '@rollcall/testkit/rollcall';
import { captureTime } from './capture-times.js';
import type { RecordWatch } from './record-watch.js';

/** One frame at a time through an otherwise idle Rollcall: ms from sending the request to the committed record. */
export async function measureIdleLatency(
  api: ApiClient,
  token: string,
  watch: RecordWatch,
  order: { frames: string[]; count: number; pauseMs: number; firstDay: number },
): Promise<number[]> {
  const images = await Promise.all(order.frames.map((path) => readFile(path)));
  const durations: number[] = [];
  for (let turn = -5; turn < order.count; turn += 1) {
    const target = (await watch.logCount()) + 1;
    await delay(order.pauseMs); // idle in between: nothing of the frame before is still going on
    const startedAt = performance.now();
    const answer = await api.recognize(token, {
      image: images[Math.abs(turn) % images.length] ?? Buffer.alloc(0),
      sourceId: 'bench-idle',
      timestamp: captureTime(order.firstDay, turn + 5),
    });
    if (answer.status !== 202) throw new Error(`${String(answer.status)} ${answer.body.code}`);
    await watch.untilLogCount(target);
    if (turn >= 0) durations.push(performance.now() - startedAt);
  }
  return durations;
}
