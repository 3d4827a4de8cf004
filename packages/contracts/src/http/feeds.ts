import { Type, type Static } from '@sinclair/typebox';
import { nullable, oneOf, strict, Timestamp, Uuid } from '../schema/primitives.js';
import { feedQuery, pageQuery } from './paging.js';

const eventSelection = {
  types: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1_000,
      pattern: '^[a-z_]+(\\.[a-z_]+)+(,[a-z_]+(\\.[a-z_]+)+)*$',
      description: 'Event types, separated by commas.',
      examples: ['attendance.checked_in,attendance.checked_out'],
    }),
  ),
  start: oneOf(['beginning', 'now'], {
    default: 'beginning',
    description: 'Where to begin without a cursor: with the first event there is, or with the next one that comes.',
  }),
};

export const EventsQuery = Type.Object(
  {
    ...feedQuery,
    ...eventSelection,
    wait: Type.Integer({
      minimum: 0,
      maximum: 30,
      default: 0,
      description: 'Seconds to wait for the first event when there is none yet.',
    }),
  },
  strict,
);
export type EventsQuery = Static<typeof EventsQuery>;

export const EventStreamQuery = Type.Object({ after: feedQuery.after, ...eventSelection }, strict);
export type EventStreamQuery = Static<typeof EventStreamQuery>;

export const AuditLogOut = Type.Object(
  {
    audit_id: Uuid,
    sequence: Type.Integer({ minimum: 1, description: "Position in the organization's hash chain." }),
    action: Type.String({ description: 'The event type.', examples: ['user.created'] }),
    actor: Type.String(),
    subject: Type.String(),
    occurred_at: Timestamp,
    event_id: Uuid,
    detail: nullable(
      Type.Record(Type.String(), Type.Unknown(), { description: 'Before and after, address; null once erased.' }),
    ),
    hash: Type.String({ description: 'Hash of this row over the hash of the row before, hex.' }),
  },
  { ...strict, title: 'AuditLogOut' },
);
export type AuditLogOut = Static<typeof AuditLogOut>;

export const AuditLogQuery = Type.Object(
  {
    action: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
    actor: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 120,
        description: 'Who: `user:ID`, `device:ID`, `system:NAME`, or an id.',
      }),
    ),
    subject: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'On whom or what: `users/ID`, `faces/ID` …, or an id.',
      }),
    ),
    from: Type.Optional(Timestamp),
    to: Type.Optional(Timestamp),
    ...pageQuery,
  },
  strict,
);
export type AuditLogQuery = Static<typeof AuditLogQuery>;
