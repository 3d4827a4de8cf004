import type { Feeds } from '../../../feeds/create-feeds.js';
import type { Route } from '../../route.js';
import { listNotificationsRoute } from './list-notifications.js';
import { countUnreadRoute, readAllNotificationsRoute, readNotificationRoute } from './mark-notifications.js';
import {
  getNotificationRulesRoute,
  updateNotificationRulesRoute,
  type NotificationRulesPorts,
} from './notification-rules.js';

/** What people are told, and who is told of what. */
export function notificationRoutes(parts: NotificationRulesPorts & { readonly feeds: Feeds }): Route[] {
  return [
    listNotificationsRoute(parts),
    countUnreadRoute(parts),
    readNotificationRoute(parts),
    readAllNotificationsRoute(parts),
    getNotificationRulesRoute(parts),
    updateNotificationRulesRoute(parts),
  ];
}
