import { randomBytes } from 'node:crypto';
import { allAnswered, type ClientBase } from '@rollcall/postgres';
import { appendToTrail, loadAuditDetails, lockTrail, type AuditDetail } from '../data-access/audit-trail.js';
import { chainEntries, digestDetail } from '@rollcall/audit-trail';
import type { AuditedChange } from '../domain/audit-trail.js';

const SALT_BYTES = 16;

/** Adds lines to an organization's trail, under the lock of its chain. Lines that are there already are left alone. */
export async function writeAudit(
  client: ClientBase,
  organizationId: string,
  changes: readonly AuditedChange[],
): Promise<void> {
  if (changes.length === 0) return;
  // Details of all lines are asked for: which of them are there already is not known yet.
  const lineIds = changes.map(({ entry }) => entry.id);
  const foreign = changes.filter(({ detail }) => detail === 'foreign').map(({ entry }) => entry.eventId);
  const [{ head, written }, foreignDetails] = await allAnswered([
    lockTrail(client, organizationId, lineIds),
    loadAuditDetails(client, foreign),
  ]);
  const fresh = changes.filter(({ entry }) => !written.has(entry.id));
  if (fresh.length === 0) return;

  const own = fresh.flatMap(ownDetail);
  const details = new Map(foreignDetails);
  for (const detail of own) details.set(detail.eventId, detail);

  const entries = fresh.map(({ entry, detail }) => {
    const found = detail === null ? undefined : details.get(entry.eventId);
    return { ...entry, detailDigest: found === undefined ? null : digestDetail(found.detail, found.salt) };
  });
  await appendToTrail(client, organizationId, chainEntries(head, entries), own);
}

function ownDetail({ entry, detail }: AuditedChange): AuditDetail[] {
  if (detail === 'foreign' || detail === null) return [];
  return [{ eventId: entry.eventId, detail, salt: randomBytes(SALT_BYTES) }];
}
