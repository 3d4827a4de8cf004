import type { Writable } from 'node:stream';
import { encodeCursor } from '@rollcall/event-log';
import { isAppError, type Logger } from '@rollcall/service-kit';
import { createEventBuffer } from 'better-sse';
import type { Feeds } from './create-feeds.js';
import type { EventRow } from './event-feed.js';
import type { FeedPage } from './feed-page.js';
import type { Follower } from './follow-feed.js';

/** Proxies cut what is silent for a minute. */
const HEARTBEAT_MS = 15_000;
/** A reader that does not take one portion in so long is gone, or never will keep up. */
const STALL_MS = 10_000;
/** Whether the reader still may is asked at most this often, ms. */
const CHECK_ACCESS_MS = 1_000;
/** Characters written at once. */
const PORTION = 64_000;
/** After this a browser comes again when the stream has ended, ms. */
const RETRY_MS = 2_000;

export interface EventStreamOptions {
  readonly feeds: Pick<Feeds, 'ending' | 'countStalled'>;
  readonly follower: Follower<EventRow>;
  /** Aborted when the reader has gone. */
  readonly signal: AbortSignal;
  readonly checkAccess: () => Promise<unknown>;
  readonly logger: Pick<Logger, 'warn'>;
  readonly heartbeatMs?: number;
  readonly stallMs?: number;
}

/**
 * Writes events as they come until the reader leaves, its right ends, the gateway stops, or it takes nothing any more. It
 * never writes more than the reader takes: what it has not taken stays in the log.
 */
export async function writeEventStream(response: Writable, options: EventStreamOptions): Promise<void> {
  const { feeds, follower, signal, checkAccess, heartbeatMs = HEARTBEAT_MS, stallMs = STALL_MS } = options;
  let checkedAt = performance.now();
  let texts: Iterable<string> = [createEventBuffer().retry(RETRY_MS).comment('events follow').dispatch().read()];
  for (;;) {
    for (const text of texts) {
      const taken = response.write(text) || (await takesMore(response, stallMs, [signal, feeds.ending]));
      if (taken) continue;
      if (!signal.aborted && !feeds.ending.aborted) feeds.countStalled();
      response.destroy();
      return;
    }
    const page = await nextPage(follower, heartbeatMs, options.logger);
    if (page === undefined || signal.aborted || feeds.ending.aborted) break;
    if (performance.now() - checkedAt >= CHECK_ACCESS_MS || page.rows.length === 0) {
      if (!(await isAllowed(checkAccess))) break;
      checkedAt = performance.now();
    }
    texts = page.rows.length > 0 ? writeEvents(page.rows) : [writeHeartbeat(page)];
  }
  response.end();
}

/** In portions, so that a slow reader shows that it takes some of them, and memory holds one. */
function* writeEvents(rows: readonly EventRow[]): Generator<string> {
  const buffer = createEventBuffer({ serializer: String });
  let length = 0;
  for (const { key, text } of rows) {
    buffer.push(text, 'message', encodeCursor(key));
    length += text.length;
    if (length < PORTION) continue;
    yield buffer.read();
    buffer.clear();
    length = 0;
  }
  if (length > 0) yield buffer.read();
}

/** Also moves the place to resume at past what was not wanted. */
function writeHeartbeat({ next }: FeedPage<EventRow>): string {
  return createEventBuffer({ serializer: String }).comment('still here').id(encodeCursor(next)).dispatch().read();
}

/** Undefined when events cannot be read: the stream ends, and the reader resumes when there is a database again. */
async function nextPage(
  follower: Follower<EventRow>,
  heartbeatMs: number,
  logger: Pick<Logger, 'warn'>,
): Promise<FeedPage<EventRow> | undefined> {
  try {
    return await follower.next(heartbeatMs);
  } catch (error) {
    logger.warn({ err: error }, 'a stream of events ends: they cannot be read');
    return undefined;
  }
}

async function isAllowed(checkAccess: () => Promise<unknown>): Promise<boolean> {
  try {
    await checkAccess();
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}

/** Whether the reader takes what was written within `stallMs`; false also when one of the signals is aborted first. */
function takesMore(response: Writable, stallMs: number, signals: readonly AbortSignal[]): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (taken: boolean): void => {
      clearTimeout(timer);
      response.off('drain', onDrain);
      for (const signal of signals) signal.removeEventListener('abort', giveUp);
      resolve(taken);
    };
    const onDrain = (): void => settle(true);
    const giveUp = (): void => settle(false);
    const timer = setTimeout(giveUp, stallMs);
    response.once('drain', onDrain);
    for (const signal of signals) {
      signal.addEventListener('abort', giveUp, { once: true });
      if (signal.aborted) giveUp();
    }
  });
}
