import { setTimeout as sleep } from 'node:timers/promises';
import { compareCursors, loadCheckpoint, readArchivedEvents, readKeptFrom, startCursor } from '@rollcall/event-log';
import type { Pool } from '@rollcall/postgres';
import type { Logger } from '@rollcall/service-kit';
import type { ProjectorFigures } from '../heartbeat/projector-figures.js';
import { PROJECTION } from '../projections/projection-name.js';
import { isParked } from '../data-access/projection-checkpoints.js';
import { resetProjection } from '../projections/reset-projection.js';
import { composeOrganizationProjector, LEASE_MS } from './compose-projection.js';
import { createLeaseKeeper } from './keep-leases.js';

const LOOK_AGAIN_MS = 500;

export interface ReplayParts {
  readonly pool: Pool;
  /** Id of this process. */
  readonly holder: string;
  readonly figures: ProjectorFigures;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  /** Where events are that the database does not have any more; without it there is no reading them. */
  readonly archiveFolder?: string;
}

/**
 * Drops an organization's sightings and records and projects its whole log again; resolves when the projection stands at
 * least where it stood. It may be run while projectors run: whoever holds the lease does the work, the other one waits.
 *
 * @throws Error, with nothing dropped, when some of its events are in an archive that is not there or damaged.
 * @throws ProjectionStoppedError at an event that cannot be projected; the records stand still there.
 */
export async function replayOrganization(parts: ReplayParts, organizationId: string): Promise<void> {
  const { pool, holder } = parts;
  const leases = createLeaseKeeper({ pool, holder, leaseMs: LEASE_MS, monotonicNow: () => performance.now() });
  const projectOrganization = composeOrganizationProjector({ ...parts, leases });
  await proveArchive(parts, organizationId);
  const stood = await resetProjection(pool, organizationId);
  try {
    for (;;) {
      const outcome = await projectOrganization(organizationId);
      if (outcome === 'done') return;
      if (outcome === 'more') continue;
      const stands = await loadCheckpoint(pool, { projection: PROJECTION, organizationId });
      if (stood === null || (stands !== null && !isParked(stands) && compareCursors(stands, stood) >= 0)) return;
      await sleep(LOOK_AGAIN_MS);
    }
  } finally {
    await leases.releaseAll();
  }
}

/** Reads what is in the archive once to its end: rows that could not be projected again must not be dropped. */
async function proveArchive({ pool, archiveFolder }: ReplayParts, organizationId: string): Promise<void> {
  const upTo = await readKeptFrom(pool, organizationId);
  if (compareCursors(upTo, startCursor) === 0) return;
  if (archiveFolder === undefined) throw new Error(`events of ${organizationId} are in the archive only`);
  const archived = readArchivedEvents({ folder: archiveFolder, organizationId, after: null, upTo });
  while ((await archived.next()).done !== true);
}
