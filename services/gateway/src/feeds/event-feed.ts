import { toEventOut, type EventOut, type EventType, type StoredEvent } from '@rollcall/contracts';
import { encodeCursor, readEvents, readHorizon, type Cursor } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import type { FeedPage, FeedRow } from './feed-page.js';
import type { TailSource } from './shared-tail.js';

const TAIL_PAGE = 200;

/** An event as callers get it. */
export interface EventRow extends FeedRow {
  readonly event: EventOut;
  /** The same as JSON, made once for all streams. */
  readonly text: string;
}

export interface EventSource {
  readonly tail: TailSource<EventRow>;
  read(after: Cursor, limit: number, types?: readonly EventType[]): Promise<FeedPage<EventRow>>;
}

/** The events of an organization, read through a pool of its own. @param onRead told of each query. */
export function createEventSource(pool: Pool, organizationId: string, onRead: () => void): EventSource {
  async function read(after: Cursor, limit: number, types?: readonly EventType[]): Promise<FeedPage<EventRow>> {
    onRead();
    const page = await withOrganization(pool, organizationId, (client) =>
      readEvents(client, { organizationId, after, limit, ...(types && { types }) }),
    );
    return { rows: page.events.map(toRow), next: page.next, more: page.more };
  }
  return {
    read,
    tail: { readHorizon: () => readHorizon(pool), readAfter: (after) => read(after, TAIL_PAGE) },
  };
}

function toRow(stored: StoredEvent): EventRow {
  const key: Cursor = { epoch: stored.epoch, xid: stored.xid, position: stored.position };
  const event = toEventOut(stored, encodeCursor(key));
  let text: string | undefined;
  return {
    key,
    event,
    get text() {
      return (text ??= JSON.stringify(event));
    },
  };
}
