import type { ClientBase } from '@rollcall/postgres';
import type { ChainedEntry, ChainHead } from './audit-chain.js';
import type { Json } from './canonical-json.js';

type Reader = Pick<ClientBase, 'query'>;

/** A line with the words to it; null once they were erased, or when there never were any. */
export interface TrailLine extends ChainedEntry {
  readonly detail: { readonly words: Json; readonly salt: Buffer } | null;
}

interface TrailLineRow {
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
  readonly detail: Json;
  readonly salt: Buffer | null;
}

/** Lines of a trail after a sequence, in order. */
export async function readTrailLines(
  client: Reader,
  organizationId: string,
  afterSequence: number,
  limit: number,
): Promise<TrailLine[]> {
  const { rows } = await client.query<TrailLineRow>(
    `select a.id, a.organization_id, a.sequence, a.event_id, a.action, a.actor, a.subject, a.occurred_at, a.detail_digest,
            a.previous_hash, a.hash, d.detail, d.salt
     from audit_logs a left join audit_details d on d.event_id = a.event_id and a.detail_digest is not null
     where a.organization_id = $1 and a.sequence > $2 order by a.sequence limit $3`,
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
    detail: row.salt === null ? null : { words: row.detail, salt: row.salt },
  }));
}

/** Whose trails there are: organizations, and the installation with the nil uuid. Names for people, where there is one. */
export async function listTrails(client: Reader): Promise<{ organizationId: string; slug: string | null }[]> {
  const { rows } = await client.query<{ organization_id: string; slug: string | null }>(
    `select t.organization_id, o.slug
     from (select organization_id from audit_chain_heads union select organization_id from audit_logs) t
     left join organizations o on o.id = t.organization_id
     order by o.slug nulls first, t.organization_id`,
  );
  return rows.map(({ organization_id, slug }) => ({ organizationId: organization_id, slug }));
}

/** Where the database says that a trail ends, and how many lines stand behind that, by one snapshot. */
export async function readTrailHead(
  client: Reader,
  organizationId: string,
): Promise<{ readonly head: ChainHead | null; readonly linesBehind: number }> {
  const { rows } = await client.query<{ sequence: string | null; hash: Buffer | null; behind: number }>(
    `select h.sequence, h.hash,
            (select count(*)::integer from audit_logs a
             where a.organization_id = $1 and a.sequence > coalesce(h.sequence, 0)) as behind
     from (select 1) as one left join audit_chain_heads h on h.organization_id = $1`,
    [organizationId],
  );
  const [row] = rows;
  const { sequence = null, hash = null } = row ?? {};
  const head = sequence === null || hash === null ? null : { sequence: Number(sequence), hash };
  return { head, linesBehind: row?.behind ?? 0 };
}

/** Where the database says that each trail ends. */
export async function readTrailHeads(client: Reader): Promise<[string, ChainHead][]> {
  const { rows } = await client.query<{ organization_id: string; sequence: string; hash: Buffer }>(
    'select organization_id, sequence, hash from audit_chain_heads',
  );
  return rows.map((row) => [row.organization_id, { sequence: Number(row.sequence), hash: row.hash }]);
}

/** What the lines of these heads hash to by now, by organization; nothing of a line that is not there. */
export async function findHashes(
  client: Reader,
  heads: ReadonlyMap<string, ChainHead>,
): Promise<ReadonlyMap<string, Buffer>> {
  const { rows } = await client.query<{ organization_id: string; hash: Buffer }>(
    `select a.organization_id, a.hash from unnest($1::uuid[], $2::bigint[]) as h (organization_id, sequence)
     join audit_logs a on a.organization_id = h.organization_id and a.sequence = h.sequence`,
    [[...heads.keys()], [...heads.values()].map(({ sequence }) => sequence)],
  );
  return new Map(rows.map((row) => [row.organization_id, row.hash]));
}
