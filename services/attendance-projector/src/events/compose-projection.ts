import { setTimeout as sleep } from 'node:timers/promises';
import { createWakeup, type Pool, type Wakeup } from '@rollcall/postgres';
import type { Logger } from '@rollcall/service-kit';
import { projectedTypes } from '../domain/projected-types.js';
import type { ProjectorFigures } from '../heartbeat/projector-figures.js';
import { createBatchApplier } from '../projections/apply-batch.js';
import { PROJECTION } from '../projections/projection-name.js';
import { stopProjection } from '../projections/stop-projection.js';
import { createBehindFinder } from './find-behind.js';
import { createEventSource } from './event-source.js';
import { createLeaseKeeper, type LeaseKeeper } from './keep-leases.js';
import { projectEvents, ProjectionStoppedError } from './project-events.js';
import { createOrganizationProjector, type OrganizationOutcome } from './project-organization.js';
import { createProjectionLoop } from './projection-loop.js';
import { createRecomputation } from './recompute-some.js';

/** Events a transaction: enough to share its cost, few enough to be over in milliseconds. */
const BATCH_SIZE = 200;
export const LEASE_MS = 5_000;
const FULL_CHECK_MS = 10_000;
const MAX_TRIES = 3;
const FIRST_PAUSE_BETWEEN_TRIES_MS = 200;

export interface ProjectionParts {
  readonly pool: Pool;
  /** Id of this process. */
  readonly holder: string;
  readonly figures: ProjectorFigures;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  readonly pollIntervalMs: number;
  readonly leaseMs?: number;
  /** Where events are that the database does not have any more; without it there is no reading them. */
  readonly archiveFolder?: string;
}

export interface Projection {
  start(): void;
  ring(): void;
  /** Lets the present batch come to its end and gives the leases back. */
  stop(): Promise<void>;
}

/** Lease → batch → transaction, for one organization at a time. */
export function composeOrganizationProjector(
  parts: Pick<ProjectionParts, 'pool' | 'figures' | 'logger' | 'archiveFolder'> & { readonly leases: LeaseKeeper },
): (organizationId: string) => Promise<OrganizationOutcome> {
  const { pool, leases, figures, logger } = parts;
  const apply = createBatchApplier(pool);
  return createOrganizationProjector({
    pool,
    source: createEventSource(pool, parts.archiveFolder),
    leases,
    types: projectedTypes,
    batchSize: BATCH_SIZE,
    project: (batch, suspect) =>
      projectEvents(batch, {
        apply,
        stop: async (event, from, reason) => {
          const outcome = await stopProjection(pool, event, from, reason);
          if (outcome === 'superseded') return outcome;
          // Once: it is tried again every few seconds.
          if (outcome === 'stopped') {
            const about = { organization_id: batch.organizationId, event_id: event.id, event_type: event.type };
            logger.error({ err: reason, ...about }, 'an event cannot be projected: its organization stands still');
          }
          throw new ProjectionStoppedError(event, reason);
        },
        isSuspect: ({ id }) => id === suspect,
        maxTries: MAX_TRIES,
        pause: (tried) => sleep(FIRST_PAUSE_BETWEEN_TRIES_MS * 2 ** (tried - 1)),
        onTrouble: (event, error, tried) =>
          logger.warn(
            { err: error, event_id: event.id, event_type: event.type, tried },
            'an event cannot be projected',
          ),
      }),
    onProjected: (events) => figures.countBatch(events.length),
    onSkipped: (events) => figures.countSkipped(events),
    onResumed: (organizationId) =>
      logger.warn({ organization_id: organizationId }, 'the projection of an organization goes on'),
  });
}

/** Puts the way in together: wake-up → who is behind → lease → batch → transaction. */
export function composeProjection(parts: ProjectionParts): Projection {
  const { pool, holder, logger, pollIntervalMs } = parts;
  const monotonicNow = () => performance.now();
  const leases = createLeaseKeeper({ pool, holder, leaseMs: parts.leaseMs ?? LEASE_MS, monotonicNow });
  let soon: { readonly timer: NodeJS.Timeout; readonly at: number } | undefined;

  const projectOrganization = composeOrganizationProjector({ ...parts, leases });
  const wakeup: Wakeup = createWakeup({
    pollIntervalMs,
    run: createProjectionLoop({
      findBehind: createBehindFinder({
        pool,
        projection: PROJECTION,
        types: projectedTypes,
        fullCheckIntervalMs: FULL_CHECK_MS,
        monotonicNow,
      }),
      projectOrganization,
      recomputeSome: createRecomputation({
        pool,
        onTrouble: (organizationId, error) =>
          logger.warn({ err: error, organization_id: organizationId }, 'days cannot be computed anew at present'),
      }),
      ringSoon: (delayMs) => {
        // The earliest wish counts: whoever wants it later asks again then.
        const at = monotonicNow() + delayMs;
        if (soon && soon.at > monotonicNow() && soon.at <= at) return;
        clearTimeout(soon?.timer);
        soon = { at, timer: setTimeout(() => wakeup.ring(), delayMs) };
      },
      monotonicNow,
      onTrouble: (organizationId, error) => {
        // Told where it was found.
        if (error instanceof ProjectionStoppedError) return;
        logger.warn(
          { err: error, organization_id: organizationId },
          'projecting an organization failed; it goes on after a pause',
        );
      },
      wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
    }),
    onError: (error) => logger.warn({ err: error }, 'projecting failed; it goes on after a pause'),
  });
  return {
    start: () => wakeup.start(),
    ring: () => wakeup.ring(),
    async stop() {
      await wakeup.stop();
      clearTimeout(soon?.timer);
      await leases.releaseAll();
    },
  };
}
