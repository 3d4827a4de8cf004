import type { ObjectStore } from '@rollcall/object-store';
import type { Pool } from '@rollcall/postgres';
import { findDueDeletions, finishDeletions, noteFailedDeletion } from '../data-access/object-deletions.js';

const PAGE = 200;
const LONGEST_REASON = 500;

export interface SweepOutcome {
  readonly deleted: number;
  readonly failed: number;
}

/**
 * Deletes the objects whose rows are gone: the object first, then the note that it is to be deleted, so that nothing is
 * forgotten half way. One that cannot be deleted stays noted and is tried again later, more and more seldom.
 *
 * @param signal ends the sweep between two objects.
 */
export async function sweepObjectDeletions(
  pool: Pool,
  objects: ObjectStore,
  signal: AbortSignal,
): Promise<SweepOutcome> {
  let deleted = 0;
  let failed = 0;
  for (;;) {
    const due = await findDueDeletions(pool, PAGE);
    const done: string[] = [];
    for (const { objectKey } of due) {
      if (signal.aborted) break;
      try {
        await objects.delete(objectKey);
        done.push(objectKey);
      } catch (error) {
        failed += 1;
        const reason = error instanceof Error ? error.message : String(error);
        await noteFailedDeletion(pool, objectKey, reason.slice(0, LONGEST_REASON));
      }
    }
    await finishDeletions(pool, done);
    deleted += done.length;
    if (due.length < PAGE || signal.aborted) return { deleted, failed };
  }
}
