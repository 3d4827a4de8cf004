import type { Cursor } from '@rollcall/event-log';

/** A part of a feed. */
export interface FeedPage<Row extends FeedRow> {
  readonly rows: readonly Row[];
  /** Where to go on: also moves over rows that were not wanted. */
  readonly next: Cursor;
  /** Whether more could be read right now. */
  readonly more: boolean;
}

export interface FeedRow {
  readonly key: Cursor;
}
