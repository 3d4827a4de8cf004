import type { NewEvent } from '@rollcall/contracts';
import { appendEvents, ringEvents } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';
import { insertAuditDetail, insertAuditDetails } from './audit-details.js';

/**
 * Appends an event with its words for the audit trail, and rings: the last thing a transaction that changes something
 * does.
 */
export async function appendAudited(
  client: ClientBase,
  event: NewEvent,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  await appendEvents(client, [event]);
  await insertAuditDetail(client, { eventId: event.id, organizationId: event.organizationId, detail });
  await ringEvents(client);
}

/** A change with its words for the trail. */
export interface AuditedChange {
  readonly event: NewEvent;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The same for many changes at once, in their order. */
export async function appendAllAudited(client: ClientBase, changes: readonly AuditedChange[]): Promise<void> {
  await appendEvents(
    client,
    changes.map(({ event }) => event),
  );
  await insertAuditDetails(
    client,
    changes.map(({ event: { id: eventId, organizationId }, detail }) => ({ eventId, organizationId, detail })),
  );
  await ringEvents(client);
}
