import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const RANDOM_BYTES = 16;
/** Ids drawn from the system's randomness at once: to ask for each alone was a twentieth of what taking a frame in costs. */
const IDS_A_DRAW = 256;
/** The sequence of an id has 32 bits; it begins in their lower half, so that it can be counted up. */
const FIRST_SEQUENCES = 0x7fff_ffff;
const MOST_SEQUENCE = 0xffff_ffff;

const drawn = new Uint8Array(RANDOM_BYTES * IDS_A_DRAW);
const numbers = new DataView(drawn.buffer);
let used = drawn.length;
let lastMs = 0;
let sequence = 0;

/**
 * A new id: uuid version 7 (RFC 9562, 5.7 and 6.2), greater than all that this process made before, so that rows stand in
 * an index, and in a list by id, in the order in which they were made.
 *
 * @param at the moment it is to tell, and then in no order among others of that moment; now, if not given.
 */
export function newId(at?: Date): string {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  const random = drawn.subarray(used, used + RANDOM_BYTES);
  const firstSequence = numbers.getUint32(used) & FIRST_SEQUENCES;
  used += RANDOM_BYTES;
  if (at !== undefined) return v7({ random, msecs: at.getTime() });
  const now = Date.now();
  if (now > lastMs || sequence === MOST_SEQUENCE) {
    lastMs = Math.max(now, lastMs + 1);
    sequence = firstSequence;
  } else {
    sequence += 1;
  }
  return v7({ random, msecs: lastMs, seq: sequence });
}
