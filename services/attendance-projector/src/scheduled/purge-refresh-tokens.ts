import type { Pool } from '@rollcall/postgres';
import { deleteExpiredRefreshTokens } from '../data-access/refresh-tokens.js';

const PAGE = 5_000;

/** Deletes refresh tokens whose time is over, in portions that hold no lock for long. Answers how many. */
export async function purgeRefreshTokens(pool: Pool, signal: AbortSignal): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = await deleteExpiredRefreshTokens(pool, PAGE);
    total += deleted;
    if (deleted < PAGE || signal.aborted) return total;
  }
}
