import { setTimeout as sleep } from 'node:timers/promises';
import { createWakeup, type Pool, type Wakeup } from '@rollcall/postgres';
import type { Logger } from '@rollcall/service-kit';
import { projectedTypes } from '../domain/projected-types.js';
import type { ProjectorFigures } from '../heartbeat/projector-figures.js';
import { createBatchApplier } from '../projections/apply-batch.js';
import { PROJECTION } from '../projections/projection-name.js';
import { skipEvent } from '../projections/skip-event.js';
import { createBehindFinder } from './find-behind.js';
import { createLeaseKeeper, type LeaseKeeper } from './keep-leases.js';
import { projectEvents } from './project-events.js';
import { createOrganizationProjector, type OrganizationOutcome } from './project-organization.js';
import { createProjectionLoop } from './projection-loop.js';
import { createRecomputation } from './recompute-some.js';
import { createSkipBudget, type SkipBudget } from './skip-budget.js';

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
}

export interface Projection {
  start(): void;
  ring(): void;
  /** Lets the present batch come to its end and gives the leases back. */
  stop(): Promise<void>;
}

/** Lease → batch → transaction, for one organization at a time. */
export function composeOrganizationProjector(
  parts: Pick<ProjectionParts, 'pool' | 'figures' | 'logger'> & { readonly leases: LeaseKeeper },
): (organizationId: string) => Promise<OrganizationOutcome> {
  const { pool, leases, figures, logger } = parts;
  const apply = createBatchApplier(pool);
  // One an organization: the bad events of one use up nobody else's.
  const budgets = new Map<string, SkipBudget>();
  const budgetOf = (organizationId: string): SkipBudget => {
    const budget = budgets.get(organizationId) ?? createSkipBudget(() => performance.now());
    budgets.set(organizationId, budget);
    return budget;
  };
  return createOrganizationProjector({
    pool,
    leases,
    types: projectedTypes,
    batchSize: BATCH_SIZE,
    project: (batch) =>
      projectEvents(batch, {
        apply,
        skip: async (event, from, reason) => {
          budgetOf(batch.organizationId).spend(reason);
          const outcome = await skipEvent(pool, event, from, reason);
          if (outcome === 'applied') figures.countSkipped();
          logger.error({ err: reason, event_id: event.id, event_type: event.type }, 'an event was skipped');
          return outcome;
        },
        maxTries: MAX_TRIES,
        pause: (tried) => sleep(FIRST_PAUSE_BETWEEN_TRIES_MS * 2 ** (tried - 1)),
        onTrouble: (event, error, tried) =>
          logger.warn(
            { err: error, event_id: event.id, event_type: event.type, tried },
            'an event cannot be projected',
          ),
      }),
    onProjected: (events) => figures.countBatch(events.length),
  });
}

/** Puts the way in together: wake-up → who is behind → lease → batch → transaction. */
export function composeProjection(parts: ProjectionParts): Projection {
  const { pool, holder, figures, logger, pollIntervalMs } = parts;
  const monotonicNow = () => performance.now();
  const leases = createLeaseKeeper({ pool, holder, leaseMs: parts.leaseMs ?? LEASE_MS, monotonicNow });
  let soon: { readonly timer: NodeJS.Timeout; readonly at: number } | undefined;

  const projectOrganization = composeOrganizationProjector({ pool, leases, figures, logger });
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
      onTrouble: (organizationId, error) =>
        logger.warn(
          { err: error, organization_id: organizationId },
          'projecting an organization failed; it goes on after a pause',
        ),
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
