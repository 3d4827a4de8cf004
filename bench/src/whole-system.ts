import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RunningRollcall } from '@rollcall/testkit/rollcall';
import type { LoadOrder } from './load-generator.js';
import { processCpuMs, processTree, treeCpuMs } from './process-cpu.js';
import type { RecordWatch } from './record-watch.js';

/** CPU of each part, ms. */
export type PartCpu = Record<'gateway' | 'worker' | 'pipeline children' | 'projector' | 'postgres', number>;

/** Figures of frames through the whole of Rollcall: accepted over REST until the record is committed. */
export interface SystemFigures {
  framesPerSecond: number;
  cpuMsPerFrame: PartCpu;
  generatorCpuMsPerFrame: number;
}

/** Sends `order.count` frames, waits until each has its attendance log and record, and tells speed and CPU of each part. */
export async function measureWholeSystem(
  rollcall: RunningRollcall,
  watch: RecordWatch,
  order: LoadOrder,
): Promise<SystemFigures> {
  const generator = fork(fileURLToPath(new URL('./load-generator.js', import.meta.url)));
  try {
    const before = await partCpu(rollcall, watch);
    const target = (await watch.logCount()) + order.count;
    const startedAt = performance.now();
    const sent = Promise.race([
      once(generator, 'message').then(([message]) => message as { cpuMs: number }),
      once(generator, 'exit').then(([code]) =>
        Promise.reject(new Error(`the load generator ended with ${String(code)}`)),
      ),
    ]);
    generator.send(order);
    const [{ cpuMs }] = await Promise.all([sent, watch.untilLogCount(target, 200)]);
    const seconds = (performance.now() - startedAt) / 1000;
    const after = await partCpu(rollcall, watch);
    const perFrame = (part: keyof PartCpu): number => (after[part] - before[part]) / order.count;
    return {
      framesPerSecond: order.count / seconds,
      generatorCpuMsPerFrame: cpuMs / order.count,
      cpuMsPerFrame: {
        gateway: perFrame('gateway'),
        worker: perFrame('worker'),
        'pipeline children': perFrame('pipeline children'),
        projector: perFrame('projector'),
        postgres: perFrame('postgres'),
      },
    };
  } finally {
    generator.disconnect();
  }
}

async function partCpu(rollcall: RunningRollcall, watch: RecordWatch): Promise<PartCpu> {
  const pid = (name: string): number => {
    const service = rollcall.processes.find((process) => process.name === name && process.isRunning);
    if (!service) throw new Error(`${name} is not running`);
    return service.pid;
  };
  const worker = pid('face-worker');
  return {
    gateway: treeCpuMs(pid('gateway')),
    worker: processCpuMs(worker),
    'pipeline children': processTree(worker)
      .slice(1)
      .reduce((sum, child) => sum + processCpuMs(child), 0),
    projector: treeCpuMs(pid('attendance-projector')),
    postgres: treeCpuMs(await watch.postmasterPid()),
  };
}
