import type { ClientBase } from '@rollcall/postgres';
import { emptyChain, type ChainedEntry, type ChainHead } from '@rollcall/audit-trail';
import type { JsonObject } from '@rollcall/audit-trail';

/** The erasable words to a line of the trail. */
export interface AuditDetail {
  readonly eventId: string;
  readonly detail: JsonObject;
  readonly salt: Buffer;
}

/** The end of an organization's trail. */
export interface TrailEnd {
  readonly head: ChainHead;
  /** Which of the lines asked for the trail has already. */
  readonly written: ReadonlySet<string>;
}

/** Locks an organization's trail until the transaction ends; begins it if need be. */
export async function lockTrail(
  client: ClientBase,
  organizationId: string,
  lineIds: readonly string[],
): Promise<TrailEnd> {
  const found = await findTrail(client, organizationId, lineIds);
  if (found !== undefined) return found;
  await client.query({
    text: `insert into audit_chain_heads (organization_id, sequence, hash) values ($1, $2, $3)
           on conflict (organization_id) do nothing`,
    values: [organizationId, emptyChain.sequence, emptyChain.hash],
  });
  const begun = await findTrail(client, organizationId, lineIds);
  if (begun === undefined) throw new Error('the audit chain has no head');
  return begun;
}

async function findTrail(
  client: ClientBase,
  organizationId: string,
  lineIds: readonly string[],
): Promise<TrailEnd | undefined> {
  // Looks for the lines in the snapshot from before the lock. That is enough: whoever adds lines to this trail holds the
  // checkpoint's lock, and so do we.
  const { rows } = await client.query<{ sequence: string; hash: Buffer; written: string[] }>({
    name: 'lock-trail',
    text: `select sequence, hash, array(select id from audit_logs where id = any($2::uuid[])) as written
           from audit_chain_heads where organization_id = $1 for update`,
    values: [organizationId, lineIds],
  });
  const [end] = rows;
  if (end === undefined) return undefined;
  return { head: { sequence: Number(end.sequence), hash: end.hash }, written: new Set(end.written) };
}

/** What whoever made a change wrote down with its event, by event id. */
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

/** Adds lines with their details and moves the head to the last one, in one statement. */
export async function appendToTrail(
  client: ClientBase,
  organizationId: string,
  lines: readonly ChainedEntry[],
  details: readonly AuditDetail[],
): Promise<void> {
  const last = lines.at(-1);
  if (last === undefined) return;
  const detailRows = details.map(({ eventId, detail, salt }) => ({
    event_id: eventId,
    detail,
    salt: salt.toString('hex'),
  }));
  await client.query({
    name: 'append-to-trail',
    text: `with new_details as (
             insert into audit_details (event_id, organization_id, detail, salt)
             select d.event_id, $1, d.detail, decode(d.salt, 'hex')
             from jsonb_to_recordset($3::jsonb) as d (event_id uuid, detail jsonb, salt text)
             on conflict (event_id) do nothing
           ), new_lines as (
             insert into audit_logs (id, organization_id, sequence, event_id, action, actor, subject, occurred_at,
                                     detail_digest, previous_hash, hash)
             select a.id, $1, a.sequence, a.event_id, a.action, a.actor, a.subject, a.occurred_at,
                    decode(a.detail_digest, 'hex'), decode(a.previous_hash, 'hex'), decode(a.hash, 'hex')
             from jsonb_to_recordset($2::jsonb) as a
               (id uuid, sequence bigint, event_id uuid, action text, actor text, subject text, occurred_at timestamptz,
                detail_digest text, previous_hash text, hash text)
           )
           update audit_chain_heads set sequence = $4, hash = $5 where organization_id = $1`,
    values: [organizationId, JSON.stringify(lines.map(toRow)), JSON.stringify(detailRows), last.sequence, last.hash],
  });
}

function toRow(line: ChainedEntry): object {
  return {
    id: line.id,
    sequence: line.sequence,
    event_id: line.eventId,
    action: line.action,
    actor: line.actor,
    subject: line.subject,
    occurred_at: line.occurredAt,
    detail_digest: line.detailDigest?.toString('hex') ?? null,
    previous_hash: line.previousHash.toString('hex'),
    hash: line.hash.toString('hex'),
  };
}
