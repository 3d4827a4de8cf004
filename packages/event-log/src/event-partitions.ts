import { setTimeout as pause } from 'node:timers/promises';
import type { ClientBase } from 'pg';

/** Events a partition is made for; how many it gets depends on what else uses transaction ids. */
export const EVENTS_PER_PARTITION = 2_000_000;
/** Partitions that are there before the first event comes to them. */
const AHEAD = 2;
/** More than that in one run means that something is wrong: the next run goes on. */
const MOST_A_RUN = 10;
const RETRY_MS = 250;
const RETRIES = 20;

export interface MakePartitionsOptions {
  readonly eventsPerPartition?: number;
  readonly ahead?: number;
  /** Transaction ids of each; chosen by what the log shows unless given. */
  readonly span?: number;
  readonly signal?: AbortSignal;
  /** Between two attempts; for tests. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

export interface MadePartitions {
  readonly made: readonly string[];
  /** Partitions made of events that had none: the log had outrun its partitions. */
  readonly fromRest: readonly string[];
  /** Others held what is needed for too long: events go on to be written, into the rest, and the next run goes on. */
  readonly postponed: boolean;
}

/**
 * Makes the partitions of the event log that are due, each in a statement of its own. None waits for a lock longer than
 * half a second at a time, since readers would queue up behind it.
 *
 * @param client as owner or system.
 */
export async function makeEventPartitions(
  client: Pick<ClientBase, 'query'>,
  { eventsPerPartition = EVENTS_PER_PARTITION, ahead = AHEAD, span, signal, wait = pause }: MakePartitionsOptions = {},
): Promise<MadePartitions> {
  const [made, fromRest]: [string[], string[]] = [[], []];
  let failures = 0;
  while (made.length < MOST_A_RUN && signal?.aborted !== true) {
    try {
      const sql = 'select made, from_rest from make_event_partition($1, $2, $3)';
      const { rows } = await client.query<{ made: string | null; from_rest: boolean }>(sql, [
        eventsPerPartition,
        ahead,
        span ?? null,
      ]);
      const [row] = rows;
      if (row === undefined || row.made === null) break;
      made.push(row.made);
      if (row.from_rest) fromRest.push(row.made);
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      failures += 1;
      if (failures > RETRIES) return { made, fromRest, postponed: true };
      await wait(RETRY_MS);
    }
  }
  return { made, fromRest, postponed: false };
}

/** Whether a statement gave up because somebody else held a lock: worth another try. */
export function isLockTimeout(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '55P03' || code === '40P01';
}
