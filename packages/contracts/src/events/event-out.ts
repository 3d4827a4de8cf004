import { Type, type Static } from '@sinclair/typebox';
import { Timestamp, Uuid } from '../schema/primitives.js';
import type { StoredEvent } from './stored-event.js';

/** An event as the feed gives it: CloudEvents 1.0 (structured JSON) with Rollcall's extension attributes. */
export const EventOut = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: Uuid,
    source: Type.String({ description: 'Where it comes from: the organization, as a URI reference.' }),
    type: Type.String({ examples: ['recognition.completed'] }),
    subject: Type.String(),
    time: Timestamp,
    datacontenttype: Type.Literal('application/json'),
    dataschemaversion: Type.Integer({ minimum: 1, description: 'Version of the payload schema.' }),
    data: Type.Record(Type.String(), Type.Unknown()),
    organizationid: Uuid,
    correlationid: Uuid,
    causationid: Type.Optional(Uuid),
    actor: Type.String({ examples: ['system:face-worker'] }),
    cursor: Type.String({ description: 'Go on after this event with `after`.' }),
  },
  { title: 'EventOut', additionalProperties: false },
);
export type EventOut = Static<typeof EventOut>;

/** @param cursor the encoded key of the event. */
export function toEventOut(event: StoredEvent, cursor: string): EventOut {
  return {
    specversion: '1.0',
    id: event.id,
    source: `/organizations/${event.organizationId}`,
    type: event.type,
    subject: event.subject,
    time: event.occurredAt.toISOString(),
    datacontenttype: 'application/json',
    dataschemaversion: event.version,
    data: event.payload,
    organizationid: event.organizationId,
    correlationid: event.correlationId,
    // CloudEvents knows no null: an attribute that has no value is left out.
    ...(event.causationId !== null && { causationid: event.causationId }),
    actor: event.actor,
    cursor,
  };
}
