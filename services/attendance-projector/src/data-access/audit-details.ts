import type { ClientBase } from '@rollcall/postgres';
import type { JsonObject } from '../domain/canonical-json.js';

/** The erasable words to a line of the trail. */
export interface AuditDetail {
  readonly eventId: string;
  readonly detail: JsonObject;
  readonly salt: Buffer;
}

/** What whoever made the change wrote down with the event, by event id. */
export async function loadAuditDetails(
  client: ClientBase,
  eventIds: readonly string[],
): Promise<ReadonlyMap<string, AuditDetail>> {
  if (eventIds.length === 0) return new Map();
  const { rows } = await client.query<{ event_id: string; detail: JsonObject; salt: Buffer }>({
    name: 'load-audit-details',
    text: 'select event_id, detail, salt from audit_details where event_id = any($1::uuid[])',
    values: [eventIds],
  });
  return new Map(rows.map(({ event_id, detail, salt }) => [event_id, { eventId: event_id, detail, salt }]));
}

export async function insertAuditDetails(
  client: ClientBase,
  organizationId: string,
  details: readonly AuditDetail[],
): Promise<void> {
  if (details.length === 0) return;
  const rows = details.map(({ eventId, detail, salt }) => ({ event_id: eventId, detail, salt: salt.toString('hex') }));
  await client.query({
    name: 'insert-audit-details',
    text: `insert into audit_details (event_id, organization_id, detail, salt)
           select d.event_id, $1, d.detail, decode(d.salt, 'hex')
           from jsonb_to_recordset($2::jsonb) as d (event_id uuid, detail jsonb, salt text)
           on conflict (event_id) do nothing`,
    values: [organizationId, JSON.stringify(rows)],
  });
}
