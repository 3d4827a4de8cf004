import { createHash, createHmac } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.js';

/** One line of the trail before it has its place in the chain. */
export interface AuditEntry {
  /** uuid v5 of the event: a replay finds the line there already. */
  readonly id: string;
  readonly organizationId: string;
  readonly eventId: string;
  readonly action: string;
  readonly actor: string;
  readonly subject: string;
  readonly occurredAt: Date;
  /** `digestDetail` of what audit_details holds for the event; null when it holds nothing. */
  readonly detailDigest: Buffer | null;
}

/** A line in its place: number, hash of the line before, own hash (32 bytes each). */
export interface ChainedEntry extends AuditEntry {
  readonly sequence: number;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

/** The newest line of an organization's chain. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: Buffer;
}

/** Where every chain begins: no line yet, 32 zero bytes. */
export const emptyChain: ChainHead = { sequence: 0, hash: Buffer.alloc(32) };

/** Gives each entry its number and hash, in the order given. The last one is the new head. */
export function chainEntries(head: ChainHead, entries: readonly AuditEntry[]): ChainedEntry[] {
  let { sequence, hash } = head;
  return entries.map((entry) => {
    const previousHash = hash;
    sequence += 1;
    hash = hashEntry(previousHash, sequence, entry);
    return { ...entry, sequence, previousHash, hash };
  });
}

/**
 * sha256(previous hash ‖ canonical JSON of the fields ‖ detail digest). The digest stands for the details, so the chain
 * still verifies after they were erased.
 */
function hashEntry(previousHash: Buffer, sequence: number, entry: AuditEntry): Buffer {
  const fields = canonicalJson({
    id: entry.id,
    organization_id: entry.organizationId,
    sequence,
    event_id: entry.eventId,
    action: entry.action,
    actor: entry.actor,
    subject: entry.subject,
    occurred_at: entry.occurredAt.toISOString(),
  });
  const hash = createHash('sha256').update(previousHash).update(fields, 'utf8');
  if (entry.detailDigest !== null) hash.update(entry.detailDigest);
  return hash.digest();
}

/** HMAC-SHA256 under the row's salt: without it a guess at an erased detail could be checked against the digest. */
export function digestDetail(detail: Json, salt: Buffer): Buffer {
  return createHmac('sha256', salt).update(canonicalJson(detail), 'utf8').digest();
}

export type ChainVerdict =
  | { readonly ok: true; readonly head: ChainHead }
  | { readonly ok: false; readonly sequence: number; readonly problem: 'gap' | 'broken-link' | 'altered' | 'cut-off' };

/**
 * Checks lines in order of their sequence, from `from` on (default: the beginning of the chain).
 *
 * @param expectedHead the head as kept elsewhere: without it a chain whose newest lines were removed looks whole.
 */
export function verifyChain(
  lines: readonly ChainedEntry[],
  expectedHead?: ChainHead,
  from: ChainHead = emptyChain,
): ChainVerdict {
  let head = from;
  for (const line of lines) {
    const sequence = head.sequence + 1;
    if (line.sequence !== sequence) return { ok: false, sequence, problem: 'gap' };
    if (!line.previousHash.equals(head.hash)) return { ok: false, sequence, problem: 'broken-link' };
    if (!hashEntry(head.hash, sequence, line).equals(line.hash)) return { ok: false, sequence, problem: 'altered' };
    head = { sequence, hash: line.hash };
  }
  if (expectedHead !== undefined && (expectedHead.sequence !== head.sequence || !expectedHead.hash.equals(head.hash))) {
    return { ok: false, sequence: expectedHead.sequence, problem: 'cut-off' };
  }
  return { ok: true, head };
}
