import type { FrameAnalysis, PipelineStage } from '../analysis.js';

/** Mean milliseconds a frame of each stage. */
export class StageTimes {
  readonly #sums = new Map<PipelineStage, number>();
  #frames = 0;

  add({ timings }: FrameAnalysis): void {
    this.#frames += 1;
    for (const [stage, ms] of Object.entries(timings) as [PipelineStage, number][]) {
      this.#sums.set(stage, (this.#sums.get(stage) ?? 0) + ms);
    }
  }

  describe(): string {
    const stages = [...this.#sums].map(([stage, sum]) => [stage, sum / this.#frames] as const);
    const total = stages.reduce((sum, [, ms]) => sum + ms, 0);
    return `${total.toFixed(1)} ms a frame (${stages.map(([stage, ms]) => `${stage} ${ms.toFixed(1)}`).join(', ')})`;
  }
}
