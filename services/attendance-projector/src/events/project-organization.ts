import type { EventType, StoredEvent } from '@rollcall/contracts';
import { compareCursors, type Cursor, type EventPage } from '@rollcall/event-log';
import type { Pool } from '@rollcall/postgres';
import { deleteStop, loadPosition } from '../data-access/projection-stops.js';
import type { Batch, BatchOutcome } from '../projections/apply-batch.js';
import { PROJECTION } from '../projections/projection-name.js';
import { cutPage } from './cut-page.js';
import type { EventSource } from './event-source.js';
import type { LeaseKeeper } from './keep-leases.js';
import { ProjectionStoppedError } from './project-events.js';

export interface ProjectOrganizationOptions {
  readonly pool: Pool;
  readonly source: EventSource;
  readonly leases: LeaseKeeper;
  readonly types: readonly EventType[];
  readonly batchSize: number;
  /** @param suspect the event before which the organization stood still when it was tried last. */
  readonly project: (batch: Batch, suspect: string | undefined) => Promise<BatchOutcome>;
  readonly onProjected: (events: readonly StoredEvent[]) => void;
  /** Told of events that were passed over because an admin had said so. */
  readonly onSkipped: (events: number) => void;
  /** Told that an organization goes on that stood still. */
  readonly onResumed: (organizationId: string) => void;
}

/** `done`: nothing more can be read now. `more`: go on. `elsewhere`: another projector has the organization. */
export type OrganizationOutcome = 'done' | 'more' | 'elsewhere';

/** Where this process left the checkpoint, and which events behind it are passed over. */
interface Guess {
  readonly at: Cursor | null;
  /** Nothing is added to it while the guess holds: only the event at a checkpoint that stands still is skipped. */
  readonly skipped: ReadonlySet<string>;
}

/**
 * Projects one batch of an organization, if this process holds its lease. It rejects with what projecting rejects with:
 * of a ProjectionStoppedError the organization stands still until it is asked for again.
 */
export function createOrganizationProjector(
  options: ProjectOrganizationOptions,
): (organizationId: string) => Promise<OrganizationOutcome> {
  const { pool, source, leases, types, batchSize } = options;
  /** Only guesses: the compare-and-set finds out when one is wrong. */
  const guesses = new Map<string, Guess>();
  /** The events before which organizations stood still. */
  const suspects = new Map<string, string>();

  async function lookUp(organizationId: string): Promise<Guess> {
    const { checkpoint, skipped, stop } = await loadPosition(pool, PROJECTION, organizationId);
    if (stop === null) suspects.delete(organizationId);
    else if (checkpoint === null || compareCursors(stop, checkpoint) > 0) suspects.set(organizationId, stop.eventId);
    else await resume(organizationId, stop.eventId);
    return { at: checkpoint, skipped };
  }

  async function resume(organizationId: string, eventId: string): Promise<void> {
    await deleteStop(pool, PROJECTION, organizationId, eventId);
    suspects.delete(organizationId);
    options.onResumed(organizationId);
  }

  async function readNext(organizationId: string): Promise<{ from: Guess; page: EventPage }> {
    const guess = guesses.get(organizationId);
    if (guess !== undefined) {
      const page = await source.read({ organizationId, after: guess.at, limit: batchSize, types });
      if (page.events.length > 0) return { from: guess, page };
      // Nothing to find out by: the checkpoint may have been set back for a replay.
    }
    const from = await lookUp(organizationId);
    return { from, page: await source.read({ organizationId, after: from.at, limit: batchSize, types }) };
  }

  return async (organizationId) => {
    if (!(await leases.hold(organizationId))) {
      guesses.delete(organizationId);
      return 'elsewhere';
    }
    const { from, page: read } = await readNext(organizationId);
    const page = cutPage(read);
    guesses.set(organizationId, from);
    if (page.events.length === 0 && !page.more) return 'done';
    guesses.delete(organizationId);
    const events = page.events.filter(({ id }) => !from.skipped.has(id));
    const suspect = suspects.get(organizationId);
    const batch = { organizationId, from: from.at, to: page.next, events };
    const outcome = await options.project(batch, suspect).catch((error: unknown) => {
      if (error instanceof ProjectionStoppedError) suspects.set(organizationId, error.event.id);
      throw error;
    });
    if (outcome === 'superseded') {
      leases.forget(organizationId);
      return 'more';
    }
    if (suspect !== undefined) await resume(organizationId, suspect);
    guesses.set(organizationId, { at: page.next, skipped: from.skipped });
    options.onProjected(events);
    options.onSkipped(page.events.length - events.length);
    return page.more ? 'more' : 'done';
  };
}
