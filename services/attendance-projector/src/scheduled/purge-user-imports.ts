import type { Pool } from '@rollcall/postgres';
import { deleteOldImports } from '../data-access/user-imports.js';

/** Each may hold the verdicts on 20,000 lines. */
const PAGE = 50;

/** Deletes answers of imports that nobody can ask for any more, in portions. Answers how many. */
export async function purgeUserImports(pool: Pool, signal: AbortSignal): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = await deleteOldImports(pool, PAGE);
    total += deleted;
    if (deleted < PAGE || signal.aborted) return total;
  }
}
