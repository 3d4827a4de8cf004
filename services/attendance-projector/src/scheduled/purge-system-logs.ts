import type { Pool } from '@rollcall/postgres';
import { deleteOldSystemLogs, deleteSystemLogsBeyond } from '../data-access/system-logs.js';

const KEPT_DAYS = 30;
/** A fault that goes on for weeks must not fill the disk: about 100 MB at worst. */
const MOST_LINES = 100_000;
const PAGE = 5_000;

/** Forgets what is older than 30 days, and the oldest beyond 100,000 lines. Answers how many lines went. */
export async function purgeSystemLogs(pool: Pool, signal: AbortSignal, mostLines = MOST_LINES): Promise<number> {
  let total = 0;
  for (;;) {
    const old = await deleteOldSystemLogs(pool, KEPT_DAYS, PAGE);
    const beyond = await deleteSystemLogsBeyond(pool, mostLines, PAGE);
    total += old + beyond;
    if ((old < PAGE && beyond < PAGE) || signal.aborted) return total;
  }
}
