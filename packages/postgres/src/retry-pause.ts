const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Pause before another attempt, ms: doubles with each and is jittered in its upper half, so that many processes do not
 * come back in step.
 *
 * @param attempt 0 for the first. @param random as Math.random.
 */
export function retryPause(attempt: number, random: () => number): number {
  const ceiling = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10), LONGEST_PAUSE_MS);
  return ceiling * (0.5 + 0.5 * random());
}
