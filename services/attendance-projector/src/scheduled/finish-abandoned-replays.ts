import type { Pool } from '@rollcall/postgres';
import type { Logger } from '@rollcall/service-kit';
import { findAbandoned } from '../data-access/projection-checkpoints.js';
import { PROJECTION } from '../projections/projection-name.js';
import { resetProjection } from '../projections/reset-projection.js';

/** A step of a replay takes moments. */
const SILENT_SECONDS = 120;

/**
 * Deletes the rest where a replay was broken off while it deleted; the projection then begins anew, as the replay meant.
 * Answers how many there were.
 *
 * @throws AggregateError when some cannot be finished, because somebody holds them for instance: all others are nevertheless.
 */
export async function finishAbandonedReplays(
  pool: Pool,
  logger: Pick<Logger, 'warn'>,
  silentSeconds = SILENT_SECONDS,
): Promise<number> {
  const organizations = await findAbandoned(pool, PROJECTION, silentSeconds);
  const failures: unknown[] = [];
  for (const organization_id of organizations) {
    logger.warn({ organization_id }, 'a replay was broken off; it is gone on with');
    try {
      await resetProjection(pool, organization_id);
    } catch (error) {
      logger.warn({ organization_id, err: error }, 'a replay that was broken off cannot be gone on with');
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, `replays of ${failures.length} organizations stay broken off`);
  }
  return organizations.length;
}
