import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const RANDOM_BYTES = 16;
/** Ids drawn from the system's randomness at once: to ask for each alone was a twentieth of what taking a frame in costs. */
const IDS_A_DRAW = 256;
const drawn = new Uint8Array(RANDOM_BYTES * IDS_A_DRAW);
let used = drawn.length;

/**
 * A new id: uuid version 7 (RFC 9562, 5.7), in the order of time to the millisecond, so that rows made together stand
 * together in an index.
 *
 * @param at the moment it tells; now, if not given.
 */
export function newId(at?: Date): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  const random = drawn.subarray(used, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
  return v7(at === undefined ? { random } : { random, msecs: at.getTime() });
}
