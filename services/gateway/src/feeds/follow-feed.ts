import { compareCursors, type Cursor } from '@rollcall/event-log';
import type { FeedPage, FeedRow } from './feed-page.js';
import type { SharedTail } from './shared-tail.js';
import type { Tails } from './tails.js';

/** Stretches without a wanted row that are skipped in one call; the cursor says where to go on. */
const MAX_SKIPS = 20;

export interface FollowOptions<Row extends FeedRow> {
  readonly tails: Tails<Row>;
  readonly organizationId: string;
  readonly after: Cursor;
  readonly limit: number;
  readonly wanted: (row: Row) => boolean;
  /** Wanted rows after a place, from the database: for who is behind the tail. */
  readonly readPast: (after: Cursor) => Promise<FeedPage<Row>>;
  /** Rows change after they were written: the tail only says that there are some. */
  readonly rereads?: boolean;
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

export interface Follower<Row extends FeedRow> {
  /** The next wanted rows; after so many ms without any, or when it all ends, a page without rows. */
  next(milliseconds: number): Promise<FeedPage<Row>>;
  close(): void;
}

/**
 * Reads on in a feed: what lies back from the database, the end from the tail that all followers of the organization
 * share.
 */
export function followFeed<Row extends FeedRow>(options: FollowOptions<Row>): Follower<Row> {
  const { tails, organizationId, limit, wanted, signal, now } = options;
  let position = options.after;
  let taken: SharedTail<Row> | undefined;

  async function look(): Promise<FeedPage<Row>> {
    const tail = taken ?? tails.find(organizationId);
    // Before the read: whatever the tail has moved past by then can be read.
    const floor = tail?.start() ?? null;
    if (tail !== undefined && floor !== null && compareCursors(position, floor) >= 0) {
      const page = tail.rowsAfter(position, limit, wanted);
      // Nobody may have waited for a while: only who follows the tail can believe that there is nothing more.
      const enough = page.rows.length === 0 ? taken !== undefined : options.rereads !== true;
      if (enough) {
        position = page.next;
        return page;
      }
    }
    const page = await options.readPast(position);
    position = page.next;
    // Everything up to the tail was read: from here on memory will do.
    if (!page.more && floor !== null && compareCursors(floor, position) > 0) position = floor;
    return { ...page, next: position };
  }

  return {
    async next(milliseconds) {
      const deadline = now() + milliseconds;
      for (let skips = 0; ; skips += 1) {
        const page = await look();
        if (page.rows.length > 0 || signal.aborted || tails.stopped) return page;
        const left = deadline - now();
        if (page.more) {
          if (skips >= MAX_SKIPS && left <= 0) return page;
        } else if (taken === undefined && milliseconds > 0) {
          // Also when the time is over by now: however slow the database is, the next call need not ask it.
          taken = tails.take(organizationId);
          await taken.begin();
        } else if (left <= 0 || taken === undefined) {
          return page;
        } else await taken.wait(position, left, signal);
      }
    },
    close() {
      if (taken !== undefined) tails.release(organizationId);
      taken = undefined;
    },
  };
}
