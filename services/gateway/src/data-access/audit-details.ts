import { randomBytes } from 'node:crypto';
import type { ClientBase } from '@rollcall/postgres';

/** Bytes of the salt in the digest of a detail: it must not be guessed from the digest once the detail is erased. */
export const SALT_BYTES = 16;

export interface AuditDetail {
  readonly eventId: string;
  readonly organizationId: string;
  /** The words that do not belong into an event: before and after, address, request id. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Writes the words to an event, in the transaction that appends it. */
export async function insertAuditDetail(
  client: ClientBase,
  { eventId, organizationId, detail }: AuditDetail,
): Promise<void> {
  await client.query({
    name: 'insert-audit-detail',
    text: 'insert into audit_details (event_id, organization_id, detail, salt) values ($1, $2, $3, $4)',
    values: [eventId, organizationId, JSON.stringify(detail), randomBytes(SALT_BYTES)],
  });
}

/** Writes the words to many events of one organization with one statement. */
export async function insertAuditDetails(client: ClientBase, details: readonly AuditDetail[]): Promise<void> {
  const rows = details.map(({ eventId, organizationId, detail }) => ({
    event_id: eventId,
    organization_id: organizationId,
    detail,
    salt: randomBytes(SALT_BYTES).toString('hex'),
  }));
  await client.query({
    name: 'insert-audit-details',
    text: `insert into audit_details (event_id, organization_id, detail, salt)
           select event_id, organization_id, detail, decode(salt, 'hex')
           from jsonb_to_recordset($1::jsonb) as d (event_id uuid, organization_id uuid, detail jsonb, salt text)`,
    values: [JSON.stringify(rows)],
  });
}
