import type { BareFigures } from './bare-pipeline.js';
import { median, quantile } from './statistics.js';
import type { SystemFigures } from './whole-system.js';

const one = (value: number): string => value.toFixed(1);
const two = (value: number): string => value.toFixed(2);

/** Lines about the pipeline alone. */
export function describeBare(figures: BareFigures): string {
  const { processes, framesPerSecond, cpuMsPerFrame, durations } = figures;
  return `bare pipeline, ${String(processes)} process(es): ${one(framesPerSecond)} frames/s, ${one(cpuMsPerFrame)} ms CPU a frame, ${one(median(durations))} ms a frame (median)`;
}

/** Lines about the whole system, beside the pipeline on all cores. */
export function describeSystem(system: SystemFigures, bare: BareFigures): string[] {
  const { 'pipeline children': children, ...services } = system.cpuMsPerFrame;
  const sum = Object.values(services).reduce((total, value) => total + value, 0);
  const slower = children - bare.cpuMsPerFrame;
  return [
    `whole system: ${one(system.framesPerSecond)} frames/s (accepted over REST → record committed)`,
    `ratio whole system / bare pipeline on all cores: ${two(system.framesPerSecond / bare.framesPerSecond)}`,
    'CPU beyond the pipeline, ms a frame:',
    ...Object.entries(services).map(([part, value]) => `  ${part.padEnd(18)} ${two(value)}`),
    `  ${'together'.padEnd(18)} ${two(sum)}  (limit 6)`,
    `  (the pipeline itself beside them: ${two(children)}, ${two(Math.abs(slower))} ${slower < 0 ? 'less' : 'more'} than alone; everything: ${two(sum + slower)})`,
    `  (load generator, not counted: ${two(system.generatorCpuMsPerFrame)})`,
  ];
}

/** Lines about one frame at a time, beside the pipeline's own median at the same pace. */
export function describeLatency(durations: number[], bare: BareFigures): string[] {
  const pipeline = median(bare.durations);
  return [
    `idle end-to-end latency: median ${one(median(durations))} ms, p99 ${one(quantile(durations, 0.99))} ms`,
    `  beyond the pipeline at the same pace (${one(pipeline)} ms): median ${one(median(durations) - pipeline)} ms (limit 30), p99 ${one(quantile(durations, 0.99) - pipeline)} ms`,
  ];
}
