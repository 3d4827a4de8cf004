import { acquireLease, releaseLease } from '@rollcall/event-log';
import type { Pool } from '@rollcall/postgres';
import { PROJECTION } from '../projections/projection-name.js';

export interface LeaseKeeper {
  /** Whether this process may work on the organization now; asks the database only when what it knows has grown old. */
  hold(organizationId: string): Promise<boolean>;
  /** Forgets what it knows of a lease: its work met somebody else's. */
  forget(organizationId: string): void;
  /** Gives back every lease, so that another projector takes over at once. */
  releaseAll(): Promise<void>;
}

export interface LeaseKeeperOptions {
  readonly pool: Pool;
  /** Id of this process. */
  readonly holder: string;
  /** How long a lease lasts, ms: the time after which another projector takes over from a dead one. */
  readonly leaseMs: number;
  /** Monotonic clock, ms: a wall clock set back must not make a lease look younger than it is. */
  readonly monotonicNow: () => number;
}

/** Leases by organization, renewed when half their time is over; a refused one is asked for again a fifth later. */
export function createLeaseKeeper({ pool, holder, leaseMs, monotonicNow }: LeaseKeeperOptions): LeaseKeeper {
  const known = new Map<string, { readonly held: boolean; readonly until: number }>();
  return {
    async hold(organizationId) {
      const now = monotonicNow();
      const lease = known.get(organizationId);
      if (lease !== undefined && lease.until > now) return lease.held;
      const held = await acquireLease(pool, { projection: PROJECTION, organizationId, holder, leaseMs });
      known.set(organizationId, { held, until: now + leaseMs * (held ? 0.5 : 0.2) });
      return held;
    },
    forget(organizationId) {
      known.delete(organizationId);
    },
    async releaseAll() {
      const held = [...known].filter(([, lease]) => lease.held).map(([organizationId]) => organizationId);
      known.clear();
      for (const organizationId of held) {
        await releaseLease(pool, { projection: PROJECTION, organizationId, holder });
      }
    },
  };
}
