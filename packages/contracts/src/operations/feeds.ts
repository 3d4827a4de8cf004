import { Type } from '@sinclair/typebox';
import { EventOut } from '../events/event-out.js';
import { AuditLogOut, AuditLogQuery, EventsQuery, EventStreamQuery } from '../http/feeds.js';
import { auditLog, event } from './examples.js';
import { declareOperations } from './operation.js';

export const feedOperations = declareOperations({
  listEvents: {
    method: 'get',
    path: '/v1/events',
    tag: 'Feeds',
    summary: 'The event feed',
    description:
      'CloudEvents 1.0 in the order they were committed: no event is ever missed or told twice to who goes on from `meta.next_cursor`. `wait` makes it a long poll.',
    access: ['ADMIN', 'OPERATOR', 'DEVICE'],
    deviceScopes: ['events'],
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
    errors: ['CURSOR_EXPIRED', 'TOO_MANY_REQUESTS'],
  },
  streamEvents: {
    method: 'get',
    path: '/v1/events/stream',
    tag: 'Feeds',
    summary: 'The event feed as a stream',
    description:
      'Server-sent events: the `id` of each is its cursor, its data the event as `GET /v1/events` gives it. Resume with `Last-Event-ID`. Comments come as heartbeats; the stream ends with the right of whoever opened it.',
    access: ['ADMIN', 'OPERATOR', 'DEVICE'],
    deviceScopes: ['events'],
    query: EventStreamQuery,
    headers: ['Last-Event-ID'],
    answers: [{ status: 200, description: 'A stream without an end.', contentType: 'text/event-stream' }],
    errors: ['INVALID_CURSOR', 'CURSOR_EXPIRED', 'TOO_MANY_REQUESTS'],
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
