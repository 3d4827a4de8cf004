import type { Feeds } from './create-feeds.js';
import type { FeedPage, FeedRow } from './feed-page.js';
import type { Follower } from './follow-feed.js';

export interface PollOptions<Row extends FeedRow> {
  readonly caller: string;
  /** How long to wait for the first row; 0 answers at once. */
  readonly seconds: number;
  readonly follow: () => Follower<Row>;
  readonly checkAccess: () => Promise<unknown>;
}

/**
 * One page of a feed, waited for if need be.
 *
 * @throws TOO_MANY_REQUESTS or SERVICE_UNAVAILABLE when too many wait already; whatever `checkAccess` throws when the
 * caller's right has ended while it waited.
 */
export async function pollFeed<Row extends FeedRow>(
  { polls }: Pick<Feeds, 'polls'>,
  { caller, seconds, follow, checkAccess }: PollOptions<Row>,
): Promise<FeedPage<Row>> {
  const leave = seconds === 0 ? undefined : polls.enter(caller);
  const follower = follow();
  try {
    const page = await follower.next(seconds * 1_000);
    if (seconds > 0) await checkAccess();
    return page;
  } finally {
    follower.close();
    leave?.();
  }
}
