import { randomBytes } from 'node:crypto';
import type { NewEvent } from '@rollcall/contracts';
import { appendEvents, ringEvents } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';

const SALT_BYTES = 16;

export interface AuditedEvent {
  readonly event: NewEvent;
  /** The words that do not belong into an event: before and after, reason, address, request id. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** `appendAudited` for many events of a transaction, in a statement a table. */
export async function appendAllAudited(client: ClientBase, changes: readonly AuditedEvent[]): Promise<void> {
  if (changes.length === 0) return;
  await appendEvents(
    client,
    changes.map(({ event }) => event),
  );
  await client.query({
    name: 'insert-audit-details',
    text: `insert into audit_details (event_id, organization_id, detail, salt)
           select d.event_id, d.organization_id, d.detail, decode(d.salt, 'hex')
           from jsonb_to_recordset($1::jsonb) as d (event_id uuid, organization_id uuid, detail jsonb, salt text)`,
    values: [
      JSON.stringify(
        changes.map(({ event, detail }) => ({
          event_id: event.id,
          organization_id: event.organizationId,
          detail,
          salt: randomBytes(SALT_BYTES).toString('hex'),
        })),
      ),
    ],
  });
  await ringEvents(client);
}
