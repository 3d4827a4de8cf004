import type { Behind } from './find-behind.js';
import type { OrganizationOutcome } from './project-organization.js';

export interface ProjectionLoopOptions {
  readonly findBehind: () => Promise<Behind>;
  readonly projectOrganization: (organizationId: string) => Promise<OrganizationOutcome>;
  /** Asks for days that are to be computed anew, of one organization that is not busy; answers whether there were any. */
  readonly recomputeSome: (busy: ReadonlySet<string>) => Promise<boolean>;
  /** Called when a run should come soon although nobody may ring: ring after `delayMs`. */
  readonly ringSoon: (delayMs: number) => void;
  readonly monotonicNow: () => number;
  /** Told when projecting an organization failed; the others go on, this one after a pause. */
  readonly onTrouble: (organizationId: string, error: unknown) => void;
  /** Resolves after so many ms, or at once when the signal is aborted. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Time between two runs while frames are under way, ms: what arrives meanwhile shares one transaction. */
const GATHERING_MS = 750;
/** While there is a backlog, every so many runs days are computed anew nevertheless: a long one must not stop them. */
const RUNS_A_RECOMPUTATION = 8;
/** First and longest pause before looking again for events that an older transaction keeps from being read, ms. */
const WAITING_PAUSES = { first: 20, longest: 1_000 };
/** First and longest pause of an organization whose projection failed, ms. */
const TROUBLE_PAUSES = { first: 100, longest: 10_000 };

/**
 * One run: everybody who is behind gets one batch, in turn, so that a large organization does not hold up a small one.
 * Answers whether there is more.
 *
 * A transaction costs about the same for one frame as for twenty. Under load, that is while other frames are under way,
 * the next run waits a little and takes what has come; the frame that comes alone is projected at once.
 *
 * Days that a change of rules has computed anew come when nobody is behind, some of one organization a run: whatever
 * arrives meanwhile waits for those, not for all of them.
 */
export function createProjectionLoop(options: ProjectionLoopOptions): (signal: AbortSignal) => Promise<boolean> {
  const { findBehind, projectOrganization, recomputeSome, ringSoon, monotonicNow, wait } = options;
  /** Who is known to be behind and not done: kept over runs, since their news will not be new again. */
  const behind = new Set<string>();
  /** Organizations whose last batch failed: when they are tried again. One's trouble must not stop the others' pay. */
  const troubled = new Map<string, { readonly until: number; readonly pause: number }>();
  let nextRunAt = -Infinity;
  let waitingPause = WAITING_PAUSES.first;
  let busyRuns = 0;

  async function tryOrganization(
    organizationId: string,
    lastPause: number | undefined,
  ): Promise<OrganizationOutcome | 'failed'> {
    try {
      const outcome = await projectOrganization(organizationId);
      troubled.delete(organizationId);
      return outcome;
    } catch (error) {
      const pause = Math.min((lastPause ?? TROUBLE_PAUSES.first / 2) * 2, TROUBLE_PAUSES.longest);
      troubled.set(organizationId, { until: monotonicNow() + pause, pause });
      options.onTrouble(organizationId, error);
      ringSoon(pause);
      return 'failed';
    }
  }

  return async (signal) => {
    const early = nextRunAt - monotonicNow();
    if (early > 0) await wait(early, signal);
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
      const trouble = troubled.get(organizationId);
      if (trouble && trouble.until > monotonicNow()) continue;
      const outcome = await tryOrganization(organizationId, trouble?.pause);
      if (outcome === 'failed') continue;
      if (outcome === 'done') behind.delete(organizationId);
      worked ||= outcome !== 'elsewhere';
      more ||= outcome === 'more';
    }
    busyRuns = more ? busyRuns + 1 : 0;
    if (busyRuns % RUNS_A_RECOMPUTATION === 0 && (await recomputeSome(behind))) return true;
    // While there is a backlog batches are full anyway, and waiting would only make it last.
    if (worked && !more && news.moreComing) nextRunAt = startedAt + GATHERING_MS;
    return more;
  };
}
