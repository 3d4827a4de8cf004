import { setTimeout as sleep } from 'node:timers/promises';
import type { Behind } from './find-behind.js';
import type { OrganizationOutcome } from './project-organization.js';

export interface ProjectionLoopOptions {
  readonly findBehind: () => Promise<Behind>;
  readonly projectOrganization: (organizationId: string) => Promise<OrganizationOutcome>;
  /** Called when a run should come soon although nobody may ring: ring after `delayMs`. */
  readonly ringSoon: (delayMs: number) => void;
  readonly monotonicNow: () => number;
}

/** A run that did something is followed by a rest this many times as long… */
const REST_FACTOR = 10;
/** … but never longer than this, ms. */
const LONGEST_REST_MS = 500;
/** First and longest pause before looking again for events that an older transaction keeps from being read, ms. */
const WAITING_PAUSES = { first: 20, longest: 1_000 };

/**
 * One run: everybody who is behind gets one batch, in turn, so that a large organization does not hold up a small one.
 * Answers whether there is more. Rests after work, in proportion to what the work took: events that arrive meanwhile
 * share one batch, which keeps the cost of a frame low exactly when the machine is busy, and a quiet one loses nothing.
 */
export function createProjectionLoop(options: ProjectionLoopOptions): (signal: AbortSignal) => Promise<boolean> {
  const { findBehind, projectOrganization, ringSoon, monotonicNow } = options;
  /** Who is known to be behind and not done: kept over runs, since their news will not be new again. */
  const behind = new Set<string>();
  let restUntil = -Infinity;
  let waitingPause = WAITING_PAUSES.first;

  return async (signal) => {
    await rest(restUntil - monotonicNow(), signal);
    const startedAt = monotonicNow();
    const news = await findBehind();
    for (const organizationId of news.organizationIds) behind.add(organizationId);
    if (news.waiting) {
      ringSoon(waitingPause);
      waitingPause = Math.min(waitingPause * 2, WAITING_PAUSES.longest);
    } else waitingPause = WAITING_PAUSES.first;

    let more = false;
    let worked = false;
    for (const organizationId of [...behind]) {
      if (signal.aborted) return false;
      const outcome = await projectOrganization(organizationId);
      if (outcome === 'done') behind.delete(organizationId);
      worked ||= outcome !== 'elsewhere';
      more ||= outcome === 'more';
    }
    // While there is a backlog batches are full anyway, and a rest would only make it last.
    if (worked && !more) restUntil = monotonicNow() + restAfter(monotonicNow() - startedAt);
    return more;
  };
}

function restAfter(workedMs: number): number {
  return Math.min(workedMs * REST_FACTOR, LONGEST_REST_MS);
}

async function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0) return;
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
