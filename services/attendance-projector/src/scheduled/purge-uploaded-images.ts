import type { Pool } from '@rollcall/postgres';
import { deleteExpiredUploads } from '../data-access/uploaded-images.js';

const PAGE = 500;

/** Deletes uploaded images nobody used in time, in portions; the sweep deletes their objects. Answers how many. */
export async function purgeUploadedImages(pool: Pool, signal: AbortSignal): Promise<number> {
  let total = 0;
  for (;;) {
    const deleted = await deleteExpiredUploads(pool, PAGE);
    total += deleted;
    if (deleted < PAGE || signal.aborted) return total;
  }
}
