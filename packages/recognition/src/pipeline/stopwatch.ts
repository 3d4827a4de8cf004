import type { PipelineStage } from '../analysis.js';

/** Adds up how long each stage took, in milliseconds. */
export class Stopwatch {
  readonly timings: Record<PipelineStage, number> = {
    decode: 0,
    detect: 0,
    landmarks: 0,
    align: 0,
    quality: 0,
    embed: 0,
    liveness: 0,
    crop: 0,
  };

  async time<Result>(stage: PipelineStage, run: () => Result | Promise<Result>): Promise<Result> {
    const start = performance.now();
    try {
      return await run();
    } finally {
      this.timings[stage] += performance.now() - start;
    }
  }
}
