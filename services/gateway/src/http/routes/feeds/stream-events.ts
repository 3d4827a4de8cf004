import { operations } from '@rollcall/contracts';
import { AppError, type Logger } from '@rollcall/service-kit';
import type { Feeds } from '../../../feeds/create-feeds.js';
import { writeEventStream } from '../../../feeds/write-event-stream.js';
import { defineRoute, type Route } from '../../route.js';
import { placeToStart, readTypes, requireKept } from './select-events.js';

export interface StreamEventsPorts {
  readonly feeds: Feeds;
  readonly logger: Pick<Logger, 'warn'>;
  /** For tests: how often a stream without events shows that it lives, and how long a reader may take nothing, ms. */
  readonly streamTimes?: { readonly heartbeatMs?: number; readonly stallMs?: number };
}

/** Events read from the database at once by somebody who is behind. */
const PAGE = 100;

export function streamEventsRoute({ feeds, logger, streamTimes = {} }: StreamEventsPorts): Route {
  return defineRoute(operations.streamEvents, async ({ principal, query, headers, signal, checkAccess }) => {
    const types = query.types === undefined ? undefined : readTypes(query.types);
    const { organizationId } = principal;
    const cursor = readLastEventId(headers['last-event-id']) ?? query.after;
    const after = await placeToStart(feeds, organizationId, { cursor, start: query.start });
    await requireKept(feeds, organizationId, after);
    const leave = feeds.streams.enter(principal.actor);
    const follower = feeds.followEvents({ organizationId, after, limit: PAGE, signal, ...(types && { types }) });
    return {
      kind: 'stream',
      contentType: 'text/event-stream',
      // Proxies that collect an answer before they pass it on would hold events back for ever.
      headers: { 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' },
      write: (response) => writeEventStream(response, { ...streamTimes, feeds, follower, signal, checkAccess, logger }),
      release() {
        follower.close();
        leave();
      },
    };
  });
}

/** Browsers send none, or an empty one, before they have seen an event. */
function readLastEventId(header: string | string[] | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  if (typeof header !== 'string') throw new AppError('INVALID_CURSOR');
  return header;
}
