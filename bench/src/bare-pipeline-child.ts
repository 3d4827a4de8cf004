// One process of the bare pipeline: reads frames from disk and analyses them, evidence crops included, as a child of the
// face worker does, without HTTP, database or search.
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createPipeline } from '@rollcall/recognition';
import type { BareOrder, BareReport } from './bare-pipeline.js';

/** Longer side of a crop in pixels, as the face worker asks for it. */
const CROP_SIZE = 160;

process.once('disconnect', () => process.exit(0));
process.once('message', (order: BareOrder) => {
  run(order).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});

async function run(order: BareOrder): Promise<void> {
  const pipeline = await createPipeline({ modelPath: order.modelPath, detector: 'rfb' });
  const analyseNext = async (turn: number): Promise<number> => {
    const path = order.frames[turn % order.frames.length];
    if (path === undefined) throw new Error('no frames');
    const startedAt = performance.now();
    await pipeline.analyze(await readFile(path), { mode: 'single', maxPixels: 50_000_000, cropSize: CROP_SIZE });
    return performance.now() - startedAt;
  };
  for (let turn = 0; turn < 10; turn += 1) await analyseNext(turn);
  const go = new Promise((resolve) => process.once('message', resolve));
  process.send?.('ready');
  await go;
  const cpu = process.cpuUsage();
  const durations: number[] = [];
  for (let turn = 0; turn < order.count; turn += 1) {
    if (order.pauseMs !== undefined) await delay(order.pauseMs);
    durations.push(await analyseNext(turn));
  }
  const used = process.cpuUsage(cpu);
  process.send?.({ durations, cpuMs: (used.user + used.system) / 1000 } satisfies BareReport);
}
