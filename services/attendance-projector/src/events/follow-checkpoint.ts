import { compareCursors, readEvents, type Cursor } from '@rollcall/event-log';
import type { Pool } from '@rollcall/postgres';
import { isParked } from '../data-access/projection-checkpoints.js';
import { loadPosition, type ProjectionPosition } from '../data-access/projection-stops.js';
import { PROJECTION } from '../projections/projection-name.js';
import type { NoteDays, ShadowProjection } from '../projections/shadow-projection.js';
import type { EventSource } from './event-source.js';
import { projectBeside, readStretch } from './project-beside.js';

/** Batches of the projector's size that are few: a swap projects so many at most, so as to stand where the checkpoint does. */
const FEW_BATCHES = 3;

/**
 * A projection beside that goes where the checkpoint stands, from zero on, and never further: what comes behind that has
 * not been told yet.
 *
 * Each of its ways on throws an Error when the checkpoint was set back, or a replay is deleting rows.
 */
export interface Follower {
  /** Where it stands; null: before the first event. */
  at(): Cursor | null;
  /** Goes on, in short transactions, until few batches are left. @throws ProjectionStoppedError, EventArchiveError */
  catchUp(noteDays?: NoteDays): Promise<void>;
  /**
   * Goes on to this place in the transaction that the connection is in, or answers `behind` when that takes too many
   * batches. It stands there once the caller says so (`reached`), after the commit.
   */
  catchUpWithin(position: ProjectionPosition, noteDays: NoteDays): Promise<'there' | 'behind'>;
  reached(place: Cursor): void;
}

export interface FollowParts {
  readonly pool: Pool;
  readonly source: EventSource;
  readonly shadow: ShadowProjection;
}

export function followCheckpoint({ pool, source, shadow }: FollowParts, organizationId: string): Follower {
  let at: Cursor | null = null;

  function stretchTo({ checkpoint, skipped }: ProjectionPosition) {
    if (checkpoint !== null && isParked(checkpoint)) throw new Error(`a replay of ${organizationId} is under way`);
    if (checkpoint === null || (at !== null && compareCursors(checkpoint, at) < 0)) {
      throw new Error(`the projection of ${organizationId} was set back meanwhile`);
    }
    return { organizationId, after: at, upTo: checkpoint, skipped };
  }

  return {
    at: () => at,
    async catchUp(noteDays) {
      for (let batches = Infinity; batches > FEW_BATCHES;) {
        const stretch = stretchTo(await loadPosition(pool, PROJECTION, organizationId));
        batches = await projectBeside(source, stretch, (batch) => shadow.apply(batch, noteDays));
        at = stretch.upTo;
      }
    },
    async catchUpWithin(position, noteDays) {
      // From the database alone: no file is read inside a transaction.
      const kept: EventSource = { read: (options) => readEvents(shadow.client, options) };
      let batches = 0;
      for await (const batch of readStretch(kept, stretchTo(position))) {
        batches += 1;
        if (batches > FEW_BATCHES) return 'behind';
        await shadow.applyWithin(batch, noteDays);
      }
      return 'there';
    },
    reached: (place) => void (at = place),
  };
}
