import { Type } from '@sinclair/typebox';
import { EventOut } from '../events/event-out.js';
import { AuditLogOut, AuditLogQuery, EventsQuery, NotificationOut, NotificationsQuery } from '../http/feeds.js';
import { auditLog, event, notification } from './examples.js';
import { declareOperations } from './operation.js';

export const feedOperations = declareOperations({
  listEvents: {
    method: 'get',
    path: '/v1/events',
    tag: 'Feeds',
    summary: 'The event feed',
    description:
      'CloudEvents 1.0 in the order they were committed: no event is ever missed or told twice to who goes on from `meta.next_cursor`. `wait` makes it a long poll.',
    access: ['ADMIN', 'OPERATOR'],
    query: EventsQuery,
    answers: [
      {
        status: 200,
        codes: ['EVENTS_LISTED'],
        description: 'Events, oldest first.',
        data: Type.Array(EventOut),
        paging: 'feed',
        example: [event],
      },
    ],
  },
  listNotifications: {
    method: 'get',
    path: '/v1/notifications',
    tag: 'Feeds',
    summary: 'Your notifications',
    access: ['ADMIN', 'OPERATOR', 'USER'],
    query: NotificationsQuery,
    answers: [
      {
        status: 200,
        codes: ['NOTIFICATIONS_LISTED'],
        description: 'Notifications to you or to your role, oldest first.',
        data: Type.Array(NotificationOut),
        paging: 'feed',
        example: [notification],
      },
    ],
  },
  listAuditLogs: {
    method: 'get',
    path: '/v1/ops/get-logs',
    tag: 'Feeds',
    summary: 'The audit trail: who did what, on whom, when',
    access: ['ADMIN', 'OPERATOR'],
    query: AuditLogQuery,
    answers: [
      {
        status: 200,
        codes: ['AUDIT_LOGS_LISTED'],
        description: 'Audit rows, newest first.',
        data: Type.Array(AuditLogOut),
        paging: 'list',
        example: [auditLog],
      },
    ],
  },
});
