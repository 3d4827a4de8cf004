import { setTimeout as sleep } from 'node:timers/promises';
import { compareCursors, type Cursor } from '@rollcall/event-log';
import { projectedTypes } from '../domain/projected-types.js';
import type { Batch, BatchOutcome } from '../projections/apply-batch.js';
import { cutPage } from './cut-page.js';
import type { EventSource } from './event-source.js';
import { projectEvents, ProjectionStoppedError } from './project-events.js';

const BATCH_SIZE = 200;
const MAX_TRIES = 3;
const PAUSE_MS = 200;

/** A stretch of an organization's log that its projection has behind it. */
export interface ProjectedStretch {
  readonly organizationId: string;
  /** Null: from the very beginning, the archive included. */
  readonly after: Cursor | null;
  readonly upTo: Cursor;
  /** Events an admin had passed over. */
  readonly skipped: ReadonlySet<string>;
}

/**
 * Applies the events of a stretch, a batch after the other. Answers how many batches there were.
 *
 * @throws ProjectionStoppedError at an event that cannot be projected.
 */
export async function projectBeside(
  source: EventSource,
  stretch: ProjectedStretch,
  apply: (batch: Batch) => Promise<BatchOutcome>,
): Promise<number> {
  let count = 0;
  for await (const batch of readStretch(source, stretch)) {
    count += 1;
    await projectEvents(batch, {
      apply,
      stop: (event, _from, reason) => Promise.reject(new ProjectionStoppedError(event, reason)),
      isSuspect: () => false,
      maxTries: MAX_TRIES,
      pause: () => sleep(PAUSE_MS),
      onTrouble: () => undefined,
    });
  }
  return count;
}

/** The batches of a stretch, as large as the projector's; each is read when the one before is worked off. */
export async function* readStretch(
  source: EventSource,
  { organizationId, after, upTo, skipped }: ProjectedStretch,
): AsyncGenerator<Batch> {
  let from = after;
  while (from === null || compareCursors(from, upTo) < 0) {
    const page = cutPage(await source.read({ organizationId, after: from, limit: BATCH_SIZE, types: projectedTypes }));
    const events = page.events.filter((event) => compareCursors(event, upTo) <= 0 && !skipped.has(event.id));
    if (events.length > 0) yield { organizationId, from, to: page.next, events };
    if (!page.more) return;
    from = page.next;
  }
}
