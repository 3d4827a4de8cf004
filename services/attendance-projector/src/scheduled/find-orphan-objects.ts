import type { ListedObject, ObjectStore } from '@rollcall/object-store';
import type { Pool } from '@rollcall/postgres';
import { requestOrphanDeletions } from '../data-access/object-deletions.js';
import { findOrphans } from '../data-access/object-owners.js';
import { listOrganizationIds } from '../data-access/organizations.js';

/** An object is stored before its row: younger ones may still be waiting for it. */
const MINIMUM_AGE_MS = 60 * 60_000;
const PAGE = 500;
/** More than that at once is more likely a mistake than litter: the rest has to wait for the next time. */
const MOST_A_RUN = 1_000;

export interface OrphanOutcome {
  readonly looked: number;
  readonly orphans: number;
  /** Leftovers of interrupted writes that were removed. */
  readonly unfinished: number;
}

/**
 * Looks through the stored objects for those that no row owns (a crash between storing and committing) and has them
 * deleted. Only below the organizations of this database: a folder shared with another installation stays whole.
 */
export async function findOrphanObjects(pool: Pool, objects: ObjectStore, signal: AbortSignal): Promise<OrphanOutcome> {
  // By the clock that dated the objects: this machine's own may be wrong.
  const olderThan = new Date((await objects.now()).getTime() - MINIMUM_AGE_MS);
  let looked = 0;
  let orphans = 0;
  for (const organizationId of await listOrganizationIds(pool)) {
    for await (const page of pagesOf(objects.list({ prefix: `${organizationId}/`, olderThan }))) {
      if (signal.aborted || orphans >= MOST_A_RUN) break;
      looked += page.length;
      const objectKeys = page.map(({ key }) => key);
      const found = await findOrphans(pool, { organizationId, objectKeys });
      if (found.length > 0) orphans += await requestOrphanDeletions(pool, organizationId, found);
    }
  }
  return { looked, orphans, unfinished: await objects.removeUnfinished(olderThan) };
}

async function* pagesOf(listed: AsyncIterable<ListedObject>): AsyncGenerator<ListedObject[]> {
  let page: ListedObject[] = [];
  for await (const object of listed) {
    page.push(object);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
