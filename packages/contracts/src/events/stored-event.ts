import type { EventPayload, EventType } from './event-payloads.js';

/** The key an event is ordered by: `(epoch, xid, position)`. xid8 and bigint travel as decimal text. */
export interface EventKey {
  readonly epoch: number;
  readonly xid: string;
  readonly position: string;
}

interface StoredEventOf<Type extends EventType> extends EventKey {
  readonly id: string;
  /** The nil uuid for events of the installation itself. */
  readonly organizationId: string;
  readonly type: Type;
  readonly version: number;
  /** What it is about: `users/<id>`, `recognitions/<id>`, `faces/<id>` … */
  readonly subject: string;
  /** `user:<id>`, `device:<id>` or `system:<service>`. */
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly payload: EventPayload<Type>;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
}

/** A row of the event log. A union over the types, so that a switch over `type` knows the payload. */
export type StoredEvent<Type extends EventType = EventType> = { [T in Type]: StoredEventOf<T> }[Type];

/** An event to be appended: what the log itself does not know. */
export type NewEvent<Type extends EventType = EventType> = {
  [T in Type]: Omit<StoredEventOf<T>, keyof EventKey | 'recordedAt'>;
}[Type];

/** Organization of events, audit rows and checkpoints that belong to the installation. */
export const INSTALLATION_ID = '00000000-0000-0000-0000-000000000000';
