import { isEventType, operations, toEventOut, type EventOut, type EventType } from '@rollcall/contracts';
import { decodeCursor, encodeCursor, readEvents, type Cursor } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { pollUntilSome } from '../../../waiting/long-poll.js';
import type { RingWaiter } from '../../../waiting/ring-waiter.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export interface ListEventsPorts {
  readonly pool: Pool;
  readonly rings: RingWaiter;
}

interface EventPage {
  readonly rows: EventOut[];
  readonly next: Cursor;
}

/** Stretches of the log without a wanted event that are skipped in one call; the cursor says where to go on. */
const MAX_SKIPS = 20;

export function listEventsRoute({ pool, rings }: ListEventsPorts): Route {
  return defineRoute(operations.listEvents, async ({ principal, query, signal }) => {
    const { organizationId } = principal;
    const types = query.types === undefined ? undefined : readTypes(query.types);
    const start = query.after === undefined ? null : decodeCursor(query.after);

    const read = (previous: EventPage | undefined): Promise<EventPage> =>
      withOrganization(pool, organizationId, async (client) => {
        let after = previous?.next ?? start;
        for (let skips = 0; ; skips += 1) {
          const found = await readEvents(client, {
            organizationId,
            after,
            limit: query.limit,
            ...(types && { types }),
          });
          after = found.next;
          if (found.events.length > 0 || !found.more || skips === MAX_SKIPS) {
            return { rows: found.events.map((event) => toEventOut(event, encodeCursor(event))), next: after };
          }
        }
      });

    const page = await pollUntilSome(read, { seconds: query.wait, rings, signal, now: () => performance.now() });
    const nextCursor = encodeCursor(page.next);
    return reply(200, 'EVENTS_LISTED', 'Events.', page.rows, { nextCursor });
  });
}

function readTypes(text: string): EventType[] {
  return text.split(',').map((type) => {
    if (isEventType(type)) return type;
    throw new AppError('VALIDATION_FAILED', {
      errors: [{ path: '/types', code: 'NOT_ALLOWED', message: `there is no event type ${type.slice(0, 100)}` }],
    });
  });
}
