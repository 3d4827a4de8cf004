import { operations, roleIdOf, type NotificationOut } from '@rollcall/contracts';
import { decodeCursor, encodeCursor, type Cursor } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { readNotifications } from '../../../data-access/notifications.js';
import { pollUntilSome } from '../../../waiting/long-poll.js';
import type { RingWaiter } from '../../../waiting/ring-waiter.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export interface ListNotificationsPorts {
  readonly pool: Pool;
  readonly rings: RingWaiter;
}

interface NotificationPage {
  readonly rows: NotificationOut[];
  readonly next: Cursor;
}

export function listNotificationsRoute({ pool, rings }: ListNotificationsPorts): Route {
  return defineRoute(operations.listNotifications, async ({ principal, query, signal }) => {
    const { userId, organizationId } = principal;
    const roleId = roleIdOf(principal.role);
    const start = query.after === undefined ? null : decodeCursor(query.after);
    const read = (previous: NotificationPage | undefined): Promise<NotificationPage> =>
      withOrganization(pool, organizationId, (client) =>
        readNotifications(client, { userId, roleId, after: previous?.next ?? start, limit: query.limit }),
      );
    const page = await pollUntilSome(read, { seconds: query.wait, rings, signal, now: () => performance.now() });
    const nextCursor = encodeCursor(page.next);
    return reply(200, 'NOTIFICATIONS_LISTED', 'Notifications.', page.rows, { nextCursor });
  });
}
