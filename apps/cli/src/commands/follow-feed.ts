/** One page of a feed and the place after it. */
export interface FeedPage<Row> {
  readonly data: readonly Row[];
  readonly nextCursor: string | null;
}

export interface FollowOptions<Row> {
  readonly read: (after: string | undefined, waitSeconds: number) => Promise<FeedPage<Row>>;
  readonly print: (row: Row) => void;
  readonly after?: string;
  /** Whether to stay at the end of the feed and wait for more. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

const LONG_POLL_SECONDS = 25;

/**
 * Prints a feed from a place to its end, and with `follow` goes on from there with one long poll after another until the
 * signal. Returns the place after what was printed last.
 */
export async function followFeed<Row>(options: FollowOptions<Row>): Promise<string | undefined> {
  let cursor = options.after;
  let atEnd = false;
  while (!options.signal.aborted) {
    const page = await options.read(cursor, atEnd ? LONG_POLL_SECONDS : 0);
    page.data.forEach(options.print);
    const moved = page.nextCursor !== null && page.nextCursor !== cursor;
    cursor = page.nextCursor ?? cursor;
    // A page whose rows were all filtered out still moves the cursor: only one that stays where it was is the end.
    atEnd = page.data.length === 0 && !moved;
    if (atEnd && !options.follow) break;
  }
  return cursor;
}
