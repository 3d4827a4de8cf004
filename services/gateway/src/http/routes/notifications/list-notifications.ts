import { operations, roleIdOf } from '@rollcall/contracts';
import { decodeCursor, encodeCursor, startCursor } from '@rollcall/event-log';
import type { Feeds } from '../../../feeds/create-feeds.js';
import { pollFeed } from '../../../feeds/poll-feed.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function listNotificationsRoute({ feeds }: { readonly feeds: Feeds }): Route {
  return defineRoute(operations.listNotifications, async ({ principal, query, signal, checkAccess }) => {
    const { userId, organizationId, actor, role } = principal;
    const after = query.after === undefined ? startCursor : decodeCursor(query.after);
    const to = { userId, roleId: roleIdOf(role) };
    const page = await pollFeed(feeds, {
      caller: actor,
      seconds: query.wait,
      checkAccess,
      follow: () => feeds.followNotifications({ organizationId, to, after, limit: query.limit, signal }),
    });
    const notifications = page.rows.map(({ notification }) => notification);
    const nextCursor = encodeCursor(page.next);
    return reply(200, 'NOTIFICATIONS_LISTED', 'Notifications.', notifications, { nextCursor });
  });
}
