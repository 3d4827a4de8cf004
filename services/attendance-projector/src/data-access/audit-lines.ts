import type { ClientBase } from '@rollcall/postgres';
import type { ChainedEntry } from '../domain/audit-chain.js';

/** Lines of an organization's trail after a sequence, in order; for checking the chain. */
export async function readAuditLines(
  client: Pick<ClientBase, 'query'>,
  organizationId: string,
  afterSequence: number,
  limit: number,
): Promise<ChainedEntry[]> {
  const { rows } = await client.query<AuditLineRow>(
    `select id, organization_id, sequence, event_id, action, actor, subject, occurred_at, detail_digest,
            previous_hash, hash
     from audit_logs where organization_id = $1 and sequence > $2 order by sequence limit $3`,
    [organizationId, afterSequence, limit],
  );
  return rows.map((row) => ({
    id: row.id,
    organizationId: row.organization_id,
    sequence: Number(row.sequence),
    eventId: row.event_id,
    action: row.action,
    actor: row.actor,
    subject: row.subject,
    occurredAt: row.occurred_at,
    detailDigest: row.detail_digest,
    previousHash: row.previous_hash,
    hash: row.hash,
  }));
}

interface AuditLineRow {
  readonly id: string;
  readonly organization_id: string;
  readonly sequence: string;
  readonly event_id: string;
  readonly action: string;
  readonly actor: string;
  readonly subject: string;
  readonly occurred_at: Date;
  readonly detail_digest: Buffer | null;
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
}
