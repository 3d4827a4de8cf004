/** So many events may be skipped at once … */
const CAPACITY = 5;
/** … and one more every minute. */
const REFILL_MS = 60_000;

/** Too many events fail: it is not they that are bad. Nothing more is skipped until the cause is mended. */
export class TooManySkipsError extends Error {
  override readonly name = 'TooManySkipsError';
}

export interface SkipBudget {
  /** @throws TooManySkipsError when it is used up, with the failure as its cause. */
  spend(failure: Error): void;
}

/**
 * Bounds how many events are skipped. One bad event must not hold up the others, but when a fault of the code or of the
 * set-up makes every event fail, skipping them all would do far more harm than waiting.
 */
export function createSkipBudget(monotonicNow: () => number): SkipBudget {
  let left = CAPACITY;
  let countedAt = monotonicNow();
  return {
    spend(failure) {
      const now = monotonicNow();
      left = Math.min(CAPACITY, left + (now - countedAt) / REFILL_MS);
      countedAt = now;
      if (left < 1) {
        const message = 'too many events cannot be projected: no more of them are skipped';
        throw new TooManySkipsError(message, { cause: failure });
      }
      left -= 1;
    },
  };
}
