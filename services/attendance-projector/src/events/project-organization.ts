import type { EventType, StoredEvent } from '@rollcall/contracts';
import { loadCheckpoint, readEvents, type Cursor, type EventPage } from '@rollcall/event-log';
import type { Pool } from '@rollcall/postgres';
import type { Batch, BatchOutcome } from '../projections/apply-batch.js';
import { PROJECTION } from '../projections/projection-name.js';
import { cutPage } from './cut-page.js';
import type { LeaseKeeper } from './keep-leases.js';

export interface ProjectOrganizationOptions {
  readonly pool: Pool;
  readonly leases: LeaseKeeper;
  readonly types: readonly EventType[];
  readonly batchSize: number;
  readonly project: (batch: Batch) => Promise<BatchOutcome>;
  readonly onProjected: (events: readonly StoredEvent[]) => void;
}

/** `done`: nothing more can be read now. `more`: go on. `elsewhere`: another projector has the organization. */
export type OrganizationOutcome = 'done' | 'more' | 'elsewhere';

/** Projects one batch of an organization, if this process holds its lease. */
export function createOrganizationProjector(
  options: ProjectOrganizationOptions,
): (organizationId: string) => Promise<OrganizationOutcome> {
  const { pool, leases, types, batchSize } = options;
  /** Where this process left the checkpoint. Only a guess: the compare-and-set finds out when it is wrong. */
  const guesses = new Map<string, Cursor | null>();

  async function readNext(organizationId: string): Promise<{ from: Cursor | null; page: EventPage }> {
    const guess = guesses.get(organizationId);
    if (guess !== undefined) {
      const page = await readEvents(pool, { organizationId, after: guess, limit: batchSize, types });
      if (page.events.length > 0) return { from: guess, page };
      // Nothing to find out by: the checkpoint may have been set back for a replay.
    }
    const from = await loadCheckpoint(pool, { projection: PROJECTION, organizationId });
    return { from, page: await readEvents(pool, { organizationId, after: from, limit: batchSize, types }) };
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
    const outcome = await options.project({ organizationId, from, to: page.next, events: page.events });
    if (outcome === 'superseded') {
      leases.forget(organizationId);
      return 'more';
    }
    guesses.set(organizationId, page.next);
    options.onProjected(page.events);
    return page.more ? 'more' : 'done';
  };
}
