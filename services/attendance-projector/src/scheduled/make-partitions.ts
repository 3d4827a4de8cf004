import { makeEventPartitions, type MadePartitions } from '@rollcall/event-log';
import type { Pool } from '@rollcall/postgres';
import type { Logger } from '@rollcall/service-kit';

/** Sees to it that there are partitions of the event log before events come to them. */
export async function makePartitions(
  pool: Pool,
  eventsPerPartition: number,
  logger: Pick<Logger, 'warn'>,
  signal: AbortSignal,
): Promise<MadePartitions> {
  const outcome = await makeEventPartitions(pool, { eventsPerPartition, signal });
  if (outcome.fromRest.length > 0) {
    logger.warn({ partitions: outcome.fromRest }, 'events had outrun the partitions of their log; they have one now');
  }
  if (outcome.postponed) {
    logger.warn(
      { made: outcome.made },
      'no partition of the event log could be made: others hold its tables for too long',
    );
  }
  return outcome;
}
