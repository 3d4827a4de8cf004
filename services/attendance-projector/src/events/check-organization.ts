import type { Cursor } from '@rollcall/event-log';
import type { Pool } from '@rollcall/postgres';
import { digestDays } from '../data-access/attendance-digests.js';
import { isParked } from '../data-access/projection-checkpoints.js';
import { loadPosition } from '../data-access/projection-stops.js';
import {
  compareDays,
  totalOf,
  type AttendanceTotal,
  type DayDifference,
  type DayDigest,
} from '../domain/compare-days.js';
import { PROJECTION } from '../projections/projection-name.js';
import { allowLongTransactions, type ShadowProjection } from '../projections/shadow-projection.js';
import type { EventSource } from './event-source.js';
import { projectBeside } from './project-beside.js';

export interface CheckParts {
  readonly pool: Pool;
  readonly source: EventSource;
  readonly shadow: ShadowProjection;
}

export interface CheckOutcome {
  readonly live: AttendanceTotal;
  readonly projected: AttendanceTotal;
  /** The place in the log both stand at; null: before the first event. */
  readonly at: Cursor | null;
  readonly differences: readonly DayDifference[];
  /** Derived events and lines of the trail that a replay would write for the first time. */
  readonly missingConsequences: number;
}

/**
 * Projects an organization's log from zero beside its attendance, up to where its checkpoint stands, and compares the two.
 * Nothing that anybody else can see is written, and projectors go on meanwhile.
 *
 * @throws Error while a replay deletes the organization's rows. ProjectionStoppedError at an event that cannot be
 * projected and was not skipped. EventArchiveError when events are in an archive that is not there.
 */
export async function checkOrganization(parts: CheckParts, organizationId: string): Promise<CheckOutcome> {
  const { shadow } = parts;
  const live = await lookAtLive(parts.pool, organizationId);
  await shadow.clear();
  if (live.at !== null) {
    await projectBeside(parts.source, { organizationId, after: null, upTo: live.at, skipped: live.skipped }, (batch) =>
      shadow.apply(batch),
    );
  }
  const projected = await digestDays(shadow.client, organizationId);
  return {
    at: live.at,
    live: totalOf(live.days),
    projected: totalOf(projected),
    differences: compareDays(live.days, projected),
    missingConsequences: shadow.missingConsequences(),
  };
}

/** Checkpoint and digests in one snapshot. It has no transaction id: no reader of the event log waits for it. */
async function lookAtLive(pool: Pool, organizationId: string) {
  const client = await pool.connect();
  try {
    await allowLongTransactions(client);
    await client.query('begin isolation level repeatable read read only');
    const position = await loadPosition(client, PROJECTION, organizationId);
    if (position.checkpoint !== null && isParked(position.checkpoint)) {
      throw new Error(`a replay of ${organizationId} is under way`);
    }
    const days: DayDigest[] = await digestDays(client, organizationId);
    await client.query('commit');
    return { at: position.checkpoint, skipped: position.skipped, days };
  } finally {
    // With its bounds lifted it goes back to nobody.
    client.release(true);
  }
}
