import { defaultSystemConfig } from '@rollcall/contracts';
import type { Pool } from '@rollcall/postgres';

const PAGE = 500;

/**
 * Ends reviews that nobody decided on in the days their organization sets (`reviews.expire_after_days`) and erases their
 * embeddings, in portions that hold no lock for long: nobody still knows who it was. Answers how many.
 */
export async function expireReviews(pool: Pool, signal: AbortSignal): Promise<number> {
  let total = 0;
  for (;;) {
    const { rows } = await pool.query<{ expired: number }>('select expire_reviews($1, $2) as expired', [
      defaultSystemConfig.reviews.expire_after_days,
      PAGE,
    ]);
    const expired = rows[0]?.expired ?? 0;
    total += expired;
    if (expired < PAGE || signal.aborted) return total;
  }
}
