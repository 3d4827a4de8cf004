import type { Pool } from '@rollcall/postgres';
import { dropSilentHeartbeats, unlockJobsOfSilent } from '../data-access/worker-heartbeats.js';

/** Four missed beats, as everywhere; graphile-worker itself waits for four hours. */
const SILENT_AFTER_SECONDS = 8;
/** So long a dead process stays visible, for whoever asks what happened. */
const DROPPED_AFTER_SECONDS = 600;

/**
 * Part of every projector's beat: jobs of a process that died are free within seconds, and not only when the clock starts
 * another job that nobody may be free to run. Answers the ids they were locked under.
 */
export function freeJobsOfSilent(pool: Pool): Promise<string[]> {
  return unlockJobsOfSilent(pool, SILENT_AFTER_SECONDS);
}

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
  const unlocked = await freeJobsOfSilent(pool);
  return { unlocked, dropped: await dropSilentHeartbeats(pool, DROPPED_AFTER_SECONDS) };
}
