import type { AuditLogOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import { validate as isUuid } from 'uuid';

export interface AuditLogFilter {
  readonly action: string | null;
  readonly actor: string | null;
  readonly subject: string | null;
  readonly from: string | null;
  readonly to: string | null;
  /** Sequence of the last row of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

interface AuditLogRow {
  readonly id: string;
  readonly sequence: string;
  readonly action: string;
  readonly actor: string;
  readonly subject: string;
  readonly occurred_at: Date;
  readonly event_id: string;
  readonly detail: Record<string, unknown> | null;
  readonly hash: Buffer;
}

/** Somebody known by a bare id may be a person or a device. */
function spellings(actor: string): string[] {
  return isUuid(actor) ? [`user:${actor}`, `device:${actor}`] : [actor];
}

/** Rows of the trail, newest first. Actor and subject as they stand there (`user:ID`, `faces/ID`) or as bare ids. */
export async function listAuditLogs(client: ClientBase, filter: AuditLogFilter): Promise<AuditLogOut[]> {
  const byId = filter.subject !== null && isUuid(filter.subject);
  const { rows } = await client.query<AuditLogRow>({
    // Not prepared by name: a plan for any filter would be the one for none.

    text: `select a.id, a.sequence, a.action, a.actor, a.subject, a.occurred_at, a.event_id, d.detail, a.hash
           from audit_logs as a left join audit_details as d on d.event_id = a.event_id
           where ($1::text is null or a.action = $1)
             and ($2::text[] is null or a.actor = any($2))
             and ($3::text is null or a.subject = $3)
             and ($8::text is null or split_part(a.subject, '/', 2) = $8)
             and ($4::timestamptz is null or a.occurred_at >= $4) and ($5::timestamptz is null or a.occurred_at < $5)
             and ($6::bigint is null or a.sequence < $6)
           order by a.sequence desc limit $7`,
    values: [
      filter.action,
      filter.actor === null ? null : spellings(filter.actor),
      byId ? null : filter.subject,
      filter.from,
      filter.to,
      filter.before,
      filter.limit,
      byId ? filter.subject : null,
    ],
  });
  return rows.map((row) => ({
    audit_id: row.id,
    sequence: Number(row.sequence),
    action: row.action,
    actor: row.actor,
    subject: row.subject,
    occurred_at: row.occurred_at.toISOString(),
    event_id: row.event_id,
    detail: row.detail,
    hash: row.hash.toString('hex'),
  }));
}
