import type { ClientBase } from '@rollcall/postgres';
import type { ChainedEntry } from '../domain/audit-chain.js';

/** Which of these lines the trail has already. */
export async function findAuditLogs(client: ClientBase, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>({
    name: 'find-audit-logs',
    text: 'select id from audit_logs where id = any($1::uuid[])',
    values: [ids],
  });
  return new Set(rows.map(({ id }) => id));
}

export async function insertAuditLogs(client: ClientBase, entries: readonly ChainedEntry[]): Promise<void> {
  const rows = entries.map((entry) => ({
    id: entry.id,
    organization_id: entry.organizationId,
    sequence: entry.sequence,
    event_id: entry.eventId,
    action: entry.action,
    actor: entry.actor,
    subject: entry.subject,
    occurred_at: entry.occurredAt,
    detail_digest: entry.detailDigest?.toString('hex') ?? null,
    previous_hash: entry.previousHash.toString('hex'),
    hash: entry.hash.toString('hex'),
  }));
  await client.query({
    name: 'insert-audit-logs',
    text: `insert into audit_logs (id, organization_id, sequence, event_id, action, actor, subject, occurred_at,
                                   detail_digest, previous_hash, hash)
           select a.id, a.organization_id, a.sequence, a.event_id, a.action, a.actor, a.subject, a.occurred_at,
                  decode(a.detail_digest, 'hex'), decode(a.previous_hash, 'hex'), decode(a.hash, 'hex')
           from jsonb_to_recordset($1::jsonb) as a
             (id uuid, organization_id uuid, sequence bigint, event_id uuid, action text, actor text, subject text,
              occurred_at timestamptz, detail_digest text, previous_hash text, hash text)`,
    values: [JSON.stringify(rows)],
  });
}

/** Lines of an organization's chain after a sequence, in order; for checking the chain. */
export async function readAuditChain(
  client: ClientBase,
  organizationId: string,
  afterSequence: number,
  limit: number,
): Promise<ChainedEntry[]> {
  const { rows } = await client.query<AuditLogRow>({
    text: `select id, organization_id, sequence, event_id, action, actor, subject, occurred_at, detail_digest,
                  previous_hash, hash
           from audit_logs where organization_id = $1 and sequence > $2 order by sequence limit $3`,
    values: [organizationId, afterSequence, limit],
  });
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

interface AuditLogRow {
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
