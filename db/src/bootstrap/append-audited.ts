import { randomBytes } from 'node:crypto';
import type { NewEvent } from '@rollcall/contracts';
import { appendEvents } from '@rollcall/event-log';
import type { ClientBase } from 'pg';

const SALT_BYTES = 16;

/** Appends an event together with its words for the audit trail. */
export async function appendAudited(
  client: ClientBase,
  event: NewEvent,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  await appendEvents(client, [event]);
  await client.query('insert into audit_details (event_id, organization_id, detail, salt) values ($1, $2, $3, $4)', [
    event.id,
    event.organizationId,
    JSON.stringify(detail),
    randomBytes(SALT_BYTES),
  ]);
}
