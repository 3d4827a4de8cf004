import { operations, roleIdOf } from '@rollcall/contracts';
import { decodeCursor } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { countUnread, markAllRead } from '../../../data-access/notification-marks.js';
import { markRead } from '../../../data-access/notifications.js';
import type { Recipient } from '../../../feeds/notification-feed.js';
import type { UserPrincipal } from '../../call.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

const recipient = ({ userId, role }: UserPrincipal): Recipient => ({ userId, roleId: roleIdOf(role) });

export function countUnreadRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.countUnreadNotifications, async ({ principal }) => {
    const unread = await withOrganization(pool, principal.organizationId, (client) =>
      countUnread(client, recipient(principal)),
    );
    return reply(200, 'UNREAD_COUNTED', 'Unread notifications.', { unread });
  });
}

export function readNotificationRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.readNotification, async ({ principal, params }) => {
    const notification = await withOrganization(pool, principal.organizationId, (client) =>
      markRead(client, recipient(principal), params.notification_id),
    );
    if (notification === undefined) throw new AppError('NOTIFICATION_NOT_FOUND');
    return reply(200, 'NOTIFICATION_READ', 'The notification is read.', notification);
  });
}

export function readAllNotificationsRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.readAllNotifications, async ({ principal, body }) => {
    const upTo = decodeCursor(body.value.up_to);
    const outcome = await withOrganization(pool, principal.organizationId, async (client) => ({
      marked: await markAllRead(client, recipient(principal), upTo),
      unread: await countUnread(client, recipient(principal)),
    }));
    return reply(200, 'NOTIFICATIONS_READ', 'The notifications are read.', outcome);
  });
}
