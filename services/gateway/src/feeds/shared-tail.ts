import { setTimeout as sleep } from 'node:timers/promises';
import { compareCursors, type Cursor } from '@rollcall/event-log';
import { createWakeup } from '@rollcall/postgres';
import type { FeedPage, FeedRow } from './feed-page.js';

/** Also without a ring the tail looks this often while somebody waits, ms. */
const LOOK_AGAIN_MS = 1_000;
/** What was rung for becomes readable a moment later, while older transactions run: look again after this, then twice as much … ms. */
const FIRST_LOOK_AGAIN_MS = 20;
/** Rings of a busy installation come faster than anybody needs to read, ms. */
const LEAST_PAUSE_MS = 50;
/** Rows kept for those who are not quite at the end. */
const MOST_KEPT = 500;

export interface TailSource<Row extends FeedRow> {
  /** The place before which everything can be read now. */
  readonly readHorizon: () => Promise<Cursor>;
  /** Rows of the organization after a place, for whomever they are. */
  readonly readAfter: (after: Cursor) => Promise<FeedPage<Row>>;
}

/** The newest rows of one organization's feed, read once for everybody who follows it. */
export interface SharedTail<Row extends FeedRow> {
  /** Resolves when it is known from where on the tail has everything. */
  begin(): Promise<void>;
  /** The tail has all rows after this place that it has read; null before it has begun. */
  start(): Cursor | null;
  /** From memory; `after` must not lie before `start`. */
  rowsAfter(after: Cursor, limit: number, wanted: (row: Row) => boolean): FeedPage<Row>;
  /** Resolves when there are rows after a place, the time is over, or the caller or the tail has gone. */
  wait(after: Cursor, milliseconds: number, signal: AbortSignal): Promise<void>;
  /** There may be something new. */
  ring(): void;
  stop(): Promise<void>;
}

export interface SharedTailOptions<Row extends FeedRow> extends TailSource<Row> {
  readonly onError: (error: unknown) => void;
  readonly mostKept?: number;
}

/** It reads only while somebody waits: one query a ring, however many they are. */
export function createSharedTail<Row extends FeedRow>(options: SharedTailOptions<Row>): SharedTail<Row> {
  const { mostKept = MOST_KEPT } = options;
  const waiting = new Set<() => void>();
  let rows: Row[] = [];
  let start: Cursor | null = null;
  let end: Cursor | null = null;
  let beginning: Promise<void> | undefined;
  let lookAgain = LOOK_AGAIN_MS;
  let soon: NodeJS.Timeout | undefined;
  let lastReadAt = -Infinity;
  let stopped = false;

  const wakeup = createWakeup({ pollIntervalMs: LOOK_AGAIN_MS, run: readOn, onError: options.onError });

  async function readOn(signal: AbortSignal): Promise<boolean> {
    if (end === null || waiting.size === 0) return false;
    const early = lastReadAt + LEAST_PAUSE_MS - performance.now();
    if (early > 0) await sleep(early, undefined, { signal }).catch(() => undefined);
    lastReadAt = performance.now();
    const page = await options.readAfter(end);
    end = page.next;
    if (page.rows.length > 0) keep(page.rows);
    else if (lookAgain < LOOK_AGAIN_MS) {
      clearTimeout(soon);
      soon = setTimeout(() => wakeup.ring(), lookAgain);
      lookAgain *= 2;
    }
    return page.more;
  }

  function keep(fresh: readonly Row[]): void {
    lookAgain = LOOK_AGAIN_MS;
    rows.push(...fresh);
    const dropped = rows[rows.length - mostKept - 1];
    if (dropped !== undefined) {
      start = dropped.key;
      rows = rows.slice(-mostKept);
    }
    for (const wake of [...waiting]) wake();
  }

  return {
    begin() {
      beginning ??= options.readHorizon().then(
        (horizon) => {
          start = end = horizon;
          wakeup.start();
        },
        (error: unknown) => {
          beginning = undefined;
          throw error;
        },
      );
      return beginning;
    },
    start: () => start,
    rowsAfter: (after, limit, wanted) => pageOf(rows, after, limit, wanted),
    wait: (after, milliseconds, signal) =>
      new Promise((resolve) => {
        const last = rows.at(-1);
        if (stopped || signal.aborted || (last !== undefined && compareCursors(last.key, after) > 0)) {
          resolve();
          return;
        }
        const wake = (): void => {
          waiting.delete(wake);
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, milliseconds);
        signal.addEventListener('abort', wake, { once: true });
        waiting.add(wake);
        // The first to wait: the tail has not looked for a while.
        if (waiting.size === 1) wakeup.ring();
      }),
    ring() {
      if (waiting.size === 0) return;
      lookAgain = FIRST_LOOK_AGAIN_MS;
      wakeup.ring();
    },
    async stop() {
      stopped = true;
      for (const wake of [...waiting]) wake();
      clearTimeout(soon);
      await wakeup.stop();
      clearTimeout(soon);
    },
  };
}

function pageOf<Row extends FeedRow>(
  rows: readonly Row[],
  after: Cursor,
  limit: number,
  wanted: (row: Row) => boolean,
): FeedPage<Row> {
  const found: Row[] = [];
  let next = after;
  for (const row of rows.slice(firstAfter(rows, after))) {
    if (found.length === limit) return { rows: found, next, more: true };
    next = row.key;
    if (wanted(row)) found.push(row);
  }
  return { rows: found, next, more: false };
}

/** Index of the first row after a place, by halving. */
function firstAfter(rows: readonly FeedRow[], after: Cursor): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && compareCursors(row.key, after) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
