import type { Random } from './random.js';

/**
 * Which fault each round has: all of them in an order drawn from the seed, then all of them in another, so that each is
 * hit as often as any other (give or take one).
 */
export function* planRounds<Fault>(faults: readonly Fault[], random: Random): Generator<Fault, never> {
  if (faults.length === 0) throw new RangeError('there is no fault to try');
  for (;;) yield* random.shuffle(faults);
}
