import { join } from 'node:path';
import { HEADS_FOLDER, keepHeadsOfDay } from '@rollcall/audit-trail';
import type { Pool } from '@rollcall/postgres';

/**
 * Keeps where each audit chain ends, a file a day in the storage, and looks whether the chains still hold what was kept.
 * Answers whether a file was written.
 *
 * @throws Error naming the chains that were cut off or written anew: it stands in the system log until somebody looks.
 */
export async function keepAuditHeads(pool: Pool, storageRoot: string, now: Date): Promise<boolean> {
  const { written, broken } = await keepHeadsOfDay(pool, join(storageRoot, HEADS_FOLDER), now);
  if (broken.length > 0) {
    throw new Error(
      `audit trails no longer hold what was kept of them: ${broken.join(', ')}; see npm run verify-audit`,
    );
  }
  return written;
}
