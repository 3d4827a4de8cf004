import type { Pool } from '@rollcall/postgres';
import { deleteOldCorrectionBatches } from '../data-access/correction-batches.js';

/** Each may hold the verdicts on hundreds of entries. */
const PAGE = 500;

/** Deletes answers of calls with entries by hand that nobody can ask for any more, in portions. Answers how many. */
export async function purgeCorrectionBatches(pool: Pool, signal: AbortSignal): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = await deleteOldCorrectionBatches(pool, PAGE);
    total += deleted;
    if (deleted < PAGE || signal.aborted) return total;
  }
}
