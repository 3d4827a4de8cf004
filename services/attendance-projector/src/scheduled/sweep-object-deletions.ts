import type { ObjectStore } from '@rollcall/object-store';
import type { Pool } from '@rollcall/postgres';
import {
  findDueDeletions,
  finishDeletions,
  noteFailedDeletion,
  type ObjectDeletion,
} from '../data-access/object-deletions.js';
import { findOrphans } from '../data-access/object-owners.js';

const PAGE = 200;
const LONGEST_REASON = 500;

export interface SweepOutcome {
  readonly deleted: number;
  readonly failed: number;
  /** Taken for orphans, and owned by now: they stay. */
  readonly spared: number;
}

/**
 * Deletes the objects whose rows are gone: the object first, then the note that it is to be deleted, so that nothing is
 * forgotten half way. Of an orphan it is asked once more whether no row owns it, right before it goes. One that cannot be deleted stays noted and is tried again later, more and more seldom.
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
  let spared = 0;
  for (;;) {
    const due = await findDueDeletions(pool, PAGE);
    const done: string[] = [];
    const owned = await findOwned(pool, due);
    for (const { objectKey } of due) {
      if (signal.aborted) break;
      if (owned.has(objectKey)) continue;
      try {
        await objects.delete(objectKey);
        done.push(objectKey);
      } catch (error) {
        failed += 1;
        const reason = error instanceof Error ? error.message : String(error);
        await noteFailedDeletion(pool, objectKey, reason.slice(0, LONGEST_REASON));
      }
    }
    await finishDeletions(pool, [...done, ...owned]);
    deleted += done.length;
    spared += owned.size;
    if (due.length < PAGE || signal.aborted) return { deleted, failed, spared };
  }
}

/** Those of the orphans that a row owns after all. */
async function findOwned(pool: Pool, due: readonly ObjectDeletion[]): Promise<Set<string>> {
  const owned = new Set<string>();
  const orphans = due.filter(({ isOrphan }) => isOrphan);
  for (const organizationId of new Set(orphans.map((orphan) => orphan.organizationId))) {
    const objectKeys = orphans.filter((orphan) => orphan.organizationId === organizationId).map((o) => o.objectKey);
    const unowned = new Set(await findOrphans(pool, { organizationId, objectKeys }));
    for (const key of objectKeys) if (!unowned.has(key)) owned.add(key);
  }
  return owned;
}
