import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Client } from 'openapi-fetch';
import type { components, paths } from './generated/openapi.js';
import { RollcallError } from './rollcall-error.js';
import { pause } from './transport.js';

export type Event = components['schemas']['EventOut'];

export interface FollowOptions {
  /** Event types, separated by commas; absent: all. */
  readonly types?: string;
  /** The `cursor` of the last event that was handled; absent: from the beginning. */
  readonly after?: string;
  /** `stream`: server-sent events; `poll`: long polls, where a proxy does not let streams through. */
  readonly by?: 'stream' | 'poll';
  readonly signal?: AbortSignal;
}

const PAUSE_MS = 1_000;

/** Follows the feed and goes on where it was after a broken connection. */
export async function* followEvents(api: Client<paths>, options: FollowOptions): AsyncGenerator<Event, void> {
  const { types, by = 'stream', signal = new AbortController().signal } = options;
  const query = types === undefined ? {} : { types };
  let after = options.after;
  const read = by === 'stream' ? readStream : readPage;
  while (!isOver(signal)) {
    try {
      for await (const event of read(api, { ...query, ...(after === undefined ? {} : { after }) }, signal)) {
        // Moved on first: who takes the event and then leaves has handled it.
        after = event.cursor;
        yield event;
      }
    } catch (error) {
      if (isOver(signal)) return;
      if (!isPassing(error)) throw error;
      await pause(PAUSE_MS, signal).catch(() => undefined);
    }
  }
}

interface Place {
  readonly types?: string;
  readonly after?: string;
}

async function* readStream(api: Client<paths>, query: Place, signal: AbortSignal): AsyncGenerator<Event, void> {
  const { response } = await api.GET('/v1/events/stream', {
    params: { query },
    headers: { Accept: 'text/event-stream' },
    parseAs: 'stream',
    signal,
  });
  if (response.body === null) return;
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  const reader = events.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const value = JSON.parse(next.value.data) as Event;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function* readPage(api: Client<paths>, query: Place, signal: AbortSignal): AsyncGenerator<Event, void> {
  const { data } = await api.GET('/v1/events', { params: { query: { ...query, limit: 200, wait: 30 } }, signal });
  yield* data?.data ?? [];
}

/** A connection that broke, or a server that is not there for the moment. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof RollcallError)) return error instanceof TypeError;
  return error.status >= 500 || error.status === 429 || ['CONNECTION_FAILED', 'TIMED_OUT'].includes(error.code);
}

/** Asked anew each time: it changes while others work. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
