import type { BareFigures } from './bare-pipeline.js';
import type { Limits } from './limits.js';
import { median, quantile } from './statistics.js';
import type { SystemFigures } from './whole-system.js';

const one = (value: number): string => value.toFixed(1);
const two = (value: number): string => value.toFixed(2);

/** Lines about the pipeline alone. */
export function describeBare(figures: BareFigures): string {
  const { processes, framesPerSecond, cpuMsPerFrame, durations } = figures;
  return `bare pipeline, ${String(processes)} process(es): ${one(framesPerSecond)} frames/s, ${one(cpuMsPerFrame)} ms CPU a frame, ${one(median(durations))} ms a frame (median)`;
}

/**
 * Lines about the whole system, beside the pipeline on all cores. The limit is for the four that stand around the pipeline:
 * gateway, worker, projector and PostgreSQL. The pipeline's children do the same work in both runs; what they cost more beside
 * the services (shared caches, messages to and from the worker) stands by itself and is in no limit.
 */
export function describeSystem(system: SystemFigures, bare: BareFigures, limits: Limits): string[] {
  const { 'pipeline children': children, ...services } = system.cpuMsPerFrame;
  const sum = Object.values(services).reduce((total, value) => total + value, 0);
  const beyond = children - bare.cpuMsPerFrame;
  return [
    `whole system: ${one(system.framesPerSecond)} frames/s (accepted over REST → record committed)`,
    `ratio whole system / bare pipeline on all cores: ${two(system.framesPerSecond / bare.framesPerSecond)}`,
    'CPU, ms a frame:',
    ...Object.entries(services).map(([part, value]) => `  ${part.padEnd(18)} ${two(value)}`),
    limits.atMost('CPU beyond the pipeline, gateway + worker + projector + PostgreSQL', sum, 6, ' ms a frame'),
    `pipeline children beyond the bare pipeline: ${two(beyond)} ms a frame (${two(children)} beside the services, ${two(bare.cpuMsPerFrame)} alone; in no limit)`,
    `both together: ${two(sum + beyond)} ms a frame (load generator, not counted: ${two(system.generatorCpuMsPerFrame)})`,
  ];
}

/** Lines about one frame at a time, beside the pipeline's own median at the same pace. */
export function describeLatency(durations: number[], bare: BareFigures, limits: Limits): string[] {
  const pipeline = median(bare.durations);
  return [
    `idle end-to-end latency: median ${one(median(durations))} ms, p99 ${one(quantile(durations, 0.99))} ms`,
    `  the pipeline at the same pace: median ${one(pipeline)} ms; beyond it p99 ${one(quantile(durations, 0.99) - pipeline)} ms`,
    limits.atMost('idle latency beyond the pipeline, median', median(durations) - pipeline, 30, ' ms'),
  ];
}
