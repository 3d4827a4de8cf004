import type { NewEvent } from '@rollcall/contracts';
import { appendEvents, ringEvents } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';
import { insertAuditDetail } from './audit-details.js';

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
