import { Type } from '@sinclair/typebox';
import { NotificationRulesPatch } from '../config/notification-rules.js';
import {
  NotificationOut,
  NotificationParams,
  NotificationRulesOut,
  NotificationsQuery,
  ReadAllBody,
  ReadAllOut,
  UnreadOut,
} from '../http/notifications.js';
import { notification } from './examples.js';
import { notificationRules, notificationRulesPatch, readAll, readAllBody, unread } from './notification-examples.js';
import { declareOperations } from './operation.js';

const everybody = ['ADMIN', 'OPERATOR', 'USER'] as const;
const ownMark = { none: 'A mark of one’s own on what one was told: it changes nothing for anybody else.' } as const;

export const notificationOperations = declareOperations({
  listNotifications: {
    method: 'get',
    path: '/v1/notifications',
    tag: 'Notifications',
    summary: 'Your notifications',
    description: 'Those to you, and to your role or a lower one, in order. `wait` makes it a long poll.',
    access: everybody,
    query: NotificationsQuery,
    answers: [
      {
        status: 200,
        codes: ['NOTIFICATIONS_LISTED'],
        description: 'Notifications, oldest first.',
        data: Type.Array(NotificationOut),
        paging: 'feed',
        example: [notification],
      },
    ],
    errors: ['TOO_MANY_REQUESTS'],
  },
  countUnreadNotifications: {
    method: 'get',
    path: '/v1/notifications/unread-count',
    tag: 'Notifications',
    summary: 'How many of your notifications are unread',
    access: everybody,
    answers: [{ status: 200, codes: ['UNREAD_COUNTED'], description: 'The number.', data: UnreadOut, example: unread }],
  },
  readNotification: {
    method: 'post',
    path: '/v1/notifications/{notification_id}/read',
    tag: 'Notifications',
    summary: 'Mark one as read',
    description: 'Once more changes nothing: `read_at` stays the first time.',
    access: everybody,
    params: NotificationParams,
    answers: [
      {
        status: 200,
        codes: ['NOTIFICATION_READ'],
        description: 'The notification.',
        data: NotificationOut,
        example: { ...notification, read_at: '2025-03-03T09:05:00.000Z' },
      },
    ],
    errors: ['NOTIFICATION_NOT_FOUND'],
    audit: ownMark,
  },
  readAllNotifications: {
    method: 'post',
    path: '/v1/notifications/read-all',
    tag: 'Notifications',
    summary: 'Mark all as read, up to where you have seen them',
    access: everybody,
    json: ReadAllBody,
    jsonExample: readAllBody,
    answers: [
      {
        status: 200,
        codes: ['NOTIFICATIONS_READ'],
        description: 'How many were marked, and how many came since.',
        data: ReadAllOut,
        example: readAll,
      },
    ],
    errors: ['INVALID_CURSOR'],
    audit: ownMark,
  },
  getNotificationRules: {
    method: 'get',
    path: '/v1/admin/notification-rules',
    tag: 'Settings',
    summary: 'Who is told of what',
    access: ['ADMIN'],
    answers: [
      {
        status: 200,
        codes: ['NOTIFICATION_RULES_FOUND'],
        description: 'The rules in force.',
        data: NotificationRulesOut,
        headers: ['ETag'],
        example: notificationRules,
      },
    ],
  },
  updateNotificationRules: {
    method: 'patch',
    path: '/v1/admin/notification-rules',
    tag: 'Settings',
    summary: 'Change who is told of what',
    description: 'Only what is sent changes. It holds for what happens from now on.',
    access: ['ADMIN'],
    headers: ['If-Match'],
    json: NotificationRulesPatch,
    jsonExample: notificationRulesPatch,
    answers: [
      {
        status: 200,
        codes: ['NOTIFICATION_RULES_UPDATED'],
        description: 'The rules in force now.',
        data: NotificationRulesOut,
        headers: ['ETag'],
        example: notificationRules,
      },
    ],
    audit: 'notification_rules.changed',
  },
});
