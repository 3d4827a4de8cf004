import type { Pool } from '@rollcall/postgres';

/** Nobody still knows who it was, and strangers' embeddings are not kept for longer. */
const OPEN_DAYS = 30;
const PAGE = 500;

/**
 * Ends reviews that nobody decided on in 30 days and erases their embeddings, in portions that hold no lock for long.
 * Answers how many.
 */
export async function expireReviews(pool: Pool, signal: AbortSignal): Promise<number> {
  let total = 0;
  for (;;) {
    const { rows } = await pool.query<{ expired: number }>('select expire_reviews($1, $2) as expired', [
      OPEN_DAYS,
      PAGE,
    ]);
    const expired = rows[0]?.expired ?? 0;
    total += expired;
    if (expired < PAGE || signal.aborted) return total;
  }
}
