import type { Pool } from '@rollcall/postgres';
import { deleteIdempotencyKeys } from '../data-access/idempotency-keys.js';

/** How long a client may repeat a call and get the same answer, as docs/api.md says. */
const KEPT_HOURS = 24;
const PAGE = 5_000;

/** Forgets idempotency keys of yesterday, in portions that hold no lock for long. Answers how many. */
export async function purgeIdempotencyKeys(pool: Pool, signal: AbortSignal): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = await deleteIdempotencyKeys(pool, KEPT_HOURS, PAGE);
    total += deleted;
    if (deleted < PAGE || signal.aborted) return total;
  }
}
