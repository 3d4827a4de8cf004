import { operations } from '@rollcall/contracts';
import { encodeCursor } from '@rollcall/event-log';
import type { Feeds } from '../../../feeds/create-feeds.js';
import { pollFeed } from '../../../feeds/poll-feed.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { placeToStart, readTypes } from './select-events.js';

export function listEventsRoute({ feeds }: { readonly feeds: Feeds }): Route {
  return defineRoute(operations.listEvents, async ({ principal, query, signal, checkAccess }) => {
    const types = query.types === undefined ? undefined : readTypes(query.types);
    const after = await placeToStart(feeds, principal.organizationId, { cursor: query.after, start: query.start });
    const page = await pollFeed(feeds, {
      caller: principal.actor,
      seconds: query.wait,
      checkAccess,
      follow: () =>
        feeds.followEvents({
          organizationId: principal.organizationId,
          after,
          limit: query.limit,
          signal,
          ...(types && { types }),
        }),
    });
    const events = page.rows.map(({ event }) => event);
    return reply(200, 'EVENTS_LISTED', 'Events.', events, { nextCursor: encodeCursor(page.next) });
  });
}
