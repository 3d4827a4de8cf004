import type { EventType } from '@rollcall/contracts';
import { readHorizon, type Cursor } from '@rollcall/event-log';
import type { Pool } from '@rollcall/postgres';
import { findOrganizationsBehind, lookForNews } from '../data-access/events.js';

const NEWS_LIMIT = 1_000;

export interface BehindFinderOptions {
  readonly pool: Pool;
  readonly projection: string;
  readonly types: readonly EventType[];
  /** How often every organization's checkpoint is compared with the log, ms; in between only what is new is looked at. */
  readonly fullCheckIntervalMs: number;
  readonly monotonicNow: () => number;
}

export interface Behind {
  readonly organizationIds: Iterable<string>;
  /** Events are there that cannot be read yet. */
  readonly waiting: boolean;
  /** More events are about to come. */
  readonly moreComing: boolean;
}

/**
 * Finds who has something to project. A ring costs one look at what is new in the log; the comparison with every
 * checkpoint happens at start and now and then, for what no ring tells: a checkpoint that was set back, or a projector
 * that died with its organizations half done.
 */
export function createBehindFinder(options: BehindFinderOptions): () => Promise<Behind> {
  const { pool, projection, types, fullCheckIntervalMs, monotonicNow } = options;
  const typeSet: ReadonlySet<string> = new Set(types);
  let cursor: Cursor | undefined;
  let fullCheckDue = -Infinity;
  /** Found and not yet handed over: a look that breaks off half-way must not lose what it has moved past. */
  let found = new Set<string>();

  return async () => {
    const now = monotonicNow();
    // The horizon first: what comes between the two is then looked at twice instead of never.
    cursor ??= await readHorizon(pool);
    if (now >= fullCheckDue) {
      for (const id of await findOrganizationsBehind(pool, projection, types)) found.add(id);
      fullCheckDue = now + fullCheckIntervalMs;
    }
    let moreComing = false;
    for (;;) {
      const news = await lookForNews(pool, cursor, typeSet, NEWS_LIMIT);
      cursor = news.next;
      for (const id of news.organizationIds) found.add(id);
      moreComing ||= news.framesUnderWay;
      if (news.full && !news.waiting) continue;
      const organizationIds = found;
      found = new Set();
      return { organizationIds, waiting: news.waiting, moreComing };
    }
  };
}
