import type { Cursor } from '@rollcall/event-log';
import {
  beginLists,
  choosePortion,
  countTouchedDays,
  forgetTouchedDays,
  listDifferingRows,
  noteTouchedDays,
} from '../data-access/differing-rows.js';
import { loadPosition } from '../data-access/projection-stops.js';
import { PROJECTION } from '../projections/projection-name.js';
import { releaseReplayLock, takeReplayLock } from '../projections/replay-lock.js';
import { swapAttendance } from '../projections/swap-attendance.js';
import { followCheckpoint, type Follower, type FollowParts } from './follow-checkpoint.js';
import { projectBeside } from './project-beside.js';

/** Rows a swap changes at most; where a server is too slow for that, fewer. */
const MOST_ROWS = 20_000;
/** Touched days (each with those around it) that are compared in the swap itself. */
const FEW_DAYS = 10_000;
/** How often touched days are compared before it: where days without end are computed anew there are always more. */
const MOST_ROUNDS = 10;
/** Swaps in a row that came to nothing. */
const MOST_ATTEMPTS = 20;

export interface BesideParts extends FollowParts {
  readonly mostRows?: number;
  /** Called after each step; for tests. */
  readonly onStep?: (step: BesideStep) => Promise<void>;
}

/** `swapping`: in the transaction of the swap, before its commit. */
export type BesideStep = 'built' | 'compared' | 'swapping' | 'swapped';

export interface BesideOutcome {
  /** Where both projections stood at the last swap; null: nothing had been projected, and nothing was done. */
  readonly at: Cursor | null;
  /** Sightings and records that differed, and do not any more. */
  readonly logs: number;
  readonly records: number;
  /** Transactions the swap took: one, unless too many rows differ. */
  readonly transactions: number;
  /** Whether derived events or lines of the trail that follow from the log were not there, and were written. */
  readonly told: boolean;
}

/**
 * Projects an organization's log from zero beside its attendance, while its projector goes on, and then puts the outcome
 * in its place. At every moment attendance is there and complete.
 *
 * 1. Build: batch by batch, in short transactions, until the projection beside stands about where the checkpoint does.
 * 2. Compare: list the rows that differ. Whatever days events touch from here on are noted, and looked at again.
 * 3. Swap: one transaction that holds the checkpoint ({@link swapAttendance}). When more rows differ than one may change,
 *    several, each of whole people: what a day comes to follows from the rows of its person alone.
 * 4. Tell what follows from the log and was never told, as any replay does.
 *
 * Broken off, it leaves nothing behind: what is beside goes with the connection. It may be run again.
 *
 * @throws Error when another replay of the organization is under way, or too much of one person differs.
 * @throws ProjectionStoppedError at an event that cannot be projected and was not skipped.
 * @throws EventArchiveError when events are in an archive that is not there or damaged.
 */
export async function replayBeside(parts: BesideParts, organizationId: string): Promise<BesideOutcome> {
  const { client } = parts.shadow;
  await takeReplayLock(client, organizationId);
  try {
    return await replay(parts, organizationId);
  } finally {
    // A connection that broke has given it back; why it broke is what is told.
    await releaseReplayLock(client, organizationId).catch(() => undefined);
  }
}

async function replay(parts: BesideParts, organizationId: string): Promise<BesideOutcome> {
  const { pool, shadow } = parts;
  const { checkpoint } = await loadPosition(pool, PROJECTION, organizationId);
  if (checkpoint === null) return { at: null, logs: 0, records: 0, transactions: 0, told: false };
  await shadow.clear();
  await beginLists(shadow.client);
  const beside = followCheckpoint(parts, organizationId);
  await beside.catchUp();
  await parts.onStep?.('built');
  await shadow.client.query('analyze attendance_logs, attendance_records');
  await listDifferingRows(shadow.client, organizationId, 'all');
  await parts.onStep?.('compared');
  const swapped = await swapAll(parts, organizationId, beside);
  const told = shadow.missingConsequences() > 0;
  if (told) await tell(parts, organizationId, swapped.at);
  return { ...swapped, told };
}

async function swapAll(parts: BesideParts, organizationId: string, beside: Follower) {
  const { client } = parts.shadow;
  const total = { logs: 0, records: 0, transactions: 0 };
  let mostRows = parts.mostRows ?? MOST_ROWS;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    await catchUpClosely(parts, organizationId, beside);
    let place = beside.at();
    const swapped = await swapAttendance({
      client,
      organizationId,
      upTo: await choosePortion(client, mostRows),
      catchUp: (position) => {
        place = position.checkpoint;
        return beside.catchUpWithin(position, noteTouchedDays);
      },
      beforeCommit: async () => parts.onStep?.('swapping'),
    });
    if (swapped === 'too long') mostRows = Math.ceil(mostRows / 2);
    if (swapped === 'behind' || swapped === 'too long') continue;
    if (place !== null) beside.reached(place);
    total.logs += swapped.logs;
    total.records += swapped.records;
    total.transactions += 1;
    attempt = -1;
    await parts.onStep?.('swapped');
    if (!swapped.more) return { ...total, at: place };
  }
  throw new Error(`the projector of ${organizationId} is too busy for its attendance to be swapped; try again later`);
}

/** Until so few days were touched since they were compared that the swap itself can compare them. */
async function catchUpClosely({ shadow }: BesideParts, organizationId: string, beside: Follower): Promise<void> {
  await beside.catchUp(noteTouchedDays);
  for (let round = 0; round < MOST_ROUNDS && (await countTouchedDays(shadow.client)) > FEW_DAYS; round += 1) {
    await listDifferingRows(shadow.client, organizationId, 'touched');
    await forgetTouchedDays(shadow.client);
    await beside.catchUp(noteTouchedDays);
  }
}

/** From zero once more: what an event leads to follows from what was before it. */
async function tell({ pool, source, shadow }: BesideParts, organizationId: string, upTo: Cursor | null): Promise<void> {
  if (upTo === null) return;
  const { skipped } = await loadPosition(pool, PROJECTION, organizationId);
  await shadow.clear();
  await projectBeside(source, { organizationId, after: null, upTo, skipped }, (batch) => shadow.applyAndTell(batch));
}
