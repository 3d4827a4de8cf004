import { Type, type Static } from '@sinclair/typebox';
import { NotificationRules } from '../config/notification-rules.js';
import { nullable, oneOf, strict, Timestamp, Uuid } from '../schema/primitives.js';
import { feedQuery } from './paging.js';

export const NotificationOut = Type.Object(
  {
    notification_id: Uuid,
    type: Type.String({ examples: ['attendance.checked_in'] }),
    severity: oneOf(['info', 'warning', 'critical']),
    subject: Type.String(),
    payload: Type.Record(Type.String(), Type.Unknown()),
    event_id: Uuid,
    created_at: Timestamp,
    read_at: nullable(Timestamp),
    cursor: Type.String({ description: 'Go on after this notification with `after`.' }),
  },
  { ...strict, title: 'NotificationOut' },
);
export type NotificationOut = Static<typeof NotificationOut>;

export const NotificationsQuery = Type.Object(
  {
    ...feedQuery,
    wait: Type.Integer({ minimum: 0, maximum: 30, default: 0, description: 'Seconds to wait for the first one.' }),
  },
  strict,
);
export type NotificationsQuery = Static<typeof NotificationsQuery>;

export const NotificationParams = Type.Object({ notification_id: Uuid }, strict);

/** Nobody reads further than this by a number on a bell. */
export const MOST_UNREAD_COUNTED = 1_000;

export const UnreadOut = Type.Object(
  {
    unread: Type.Integer({
      minimum: 0,
      maximum: MOST_UNREAD_COUNTED,
      description: `Your notifications that are not read; counted up to ${MOST_UNREAD_COUNTED.toLocaleString('en')}.`,
    }),
  },
  { ...strict, title: 'UnreadOut' },
);
export type UnreadOut = Static<typeof UnreadOut>;

export const ReadAllBody = Type.Object(
  {
    up_to: Type.String({
      minLength: 1,
      maxLength: 512,
      description:
        '`cursor` of the newest notification you have seen, or `meta.next_cursor`: what came after it stays unread.',
    }),
  },
  { ...strict, title: 'ReadAllBody' },
);
export type ReadAllBody = Static<typeof ReadAllBody>;

export const ReadAllOut = Type.Object(
  {
    marked: Type.Integer({ minimum: 0, description: 'How many were marked by this call.' }),
    unread: UnreadOut.properties.unread,
  },
  { ...strict, title: 'ReadAllOut' },
);
export type ReadAllOut = Static<typeof ReadAllOut>;

export const NotificationRulesOut = Type.Object(
  {
    version: Type.Integer({ minimum: 0, description: '0: nobody has changed a rule yet.' }),
    rules: NotificationRules,
    updated_by: nullable(Uuid),
    updated_at: nullable(Timestamp),
  },
  { ...strict, title: 'NotificationRulesOut' },
);
export type NotificationRulesOut = Static<typeof NotificationRulesOut>;
