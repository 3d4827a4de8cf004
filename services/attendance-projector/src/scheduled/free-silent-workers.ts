import type { Pool } from '@rollcall/postgres';
import { dropSilentHeartbeats, unlockJobsOfSilent } from '../data-access/worker-heartbeats.js';

/** Fifteen missed beats: longer than any pause of a healthy process, far shorter than graphile-worker's four hours. */
const SILENT_AFTER_SECONDS = 30;
/** So long a dead process stays visible, for whoever asks what happened. */
const DROPPED_AFTER_SECONDS = 600;

export interface FreedOutcome {
  /** Ids under which graphile-worker had locked the jobs that are free now. */
  readonly unlocked: readonly string[];
  readonly dropped: number;
}

/**
 * Gives the scheduled jobs of dead processes to the living, which graphile-worker itself does only after four hours.
 * Every task may run twice, so a process that was only held up and comes back does no harm.
 */
export async function freeSilentWorkers(pool: Pool): Promise<FreedOutcome> {
  const unlocked = await unlockJobsOfSilent(pool, SILENT_AFTER_SECONDS);
  return { unlocked, dropped: await dropSilentHeartbeats(pool, DROPPED_AFTER_SECONDS) };
}
