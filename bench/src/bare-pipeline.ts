import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a child is told to do. */
export interface BareOrder {
  frames: string[];
  count: number;
  /** Rest before each frame, ms: what a frame takes on a processor that was asleep, as in an idle installation. */
  pauseMs?: number;
  modelPath: string;
}

/** What a child answers. */
export interface BareReport {
  /** Wall time a frame, ms. */
  durations: number[];
  cpuMs: number;
}

/** Figures of the bare pipeline over all its processes. */
export interface BareFigures {
  processes: number;
  framesPerSecond: number;
  cpuMsPerFrame: number;
  durations: number[];
}

/** Runs the pipeline alone in `processes` processes, one thread each, `count` frames in each after a warm-up. */
export async function measureBarePipeline(processes: number, order: BareOrder): Promise<BareFigures> {
  const children = Array.from({ length: processes }, () =>
    fork(fileURLToPath(new URL('./bare-pipeline-child.js', import.meta.url)), { serialization: 'advanced' }),
  );
  try {
    await Promise.all(
      children.map(async (child) => {
        const ready = nextMessage(child);
        child.send(order);
        await ready;
      }),
    );
    const startedAt = performance.now();
    const reports = children.map((child) => nextMessage(child) as Promise<BareReport>);
    for (const child of children) child.send('go');
    const done = await Promise.all(reports);
    const seconds = (performance.now() - startedAt) / 1000;
    const frames = order.count * processes;
    return {
      processes,
      framesPerSecond: frames / seconds,
      cpuMsPerFrame: done.reduce((sum, report) => sum + report.cpuMs, 0) / frames,
      durations: done.flatMap((report) => report.durations),
    };
  } finally {
    for (const child of children) child.disconnect();
  }
}

/** Two measurements of the same order as one. */
export function meanOf(first: BareFigures, second: BareFigures): BareFigures {
  return {
    processes: first.processes,
    framesPerSecond: (first.framesPerSecond + second.framesPerSecond) / 2,
    cpuMsPerFrame: (first.cpuMsPerFrame + second.cpuMsPerFrame) / 2,
    durations: [...first.durations, ...second.durations],
  };
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`a pipeline process ended with ${String(code)}`);
  });
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [unknown];
  return message;
}
