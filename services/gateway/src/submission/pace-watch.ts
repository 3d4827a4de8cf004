export interface PaceWatch {
  /** Something came, at this time (ms, monotonic). */
  saw(at: number): void;
  /** Whether as many as a fast pace has came within its time, seen from this time. */
  isFast(at: number): boolean;
}

/** Tells whether things come at a pace of `frames` within `withinMs`; keeps the last `frames` times only. */
export function createPaceWatch({ frames, withinMs }: { frames: number; withinMs: number }): PaceWatch {
  const times = new Float64Array(frames).fill(-Infinity);
  let oldest = 0;
  return {
    saw(at) {
      times[oldest] = at;
      oldest = (oldest + 1) % frames;
    },
    isFast: (at) => at - (times[oldest] ?? -Infinity) <= withinMs,
  };
}
