import { createHmac } from 'node:crypto';
import type { Clock } from '@rollcall/service-kit';
import type { AttemptCount } from '../data-access/sign-in-attempts.js';

const WINDOW_SECONDS = 15 * 60;
/** Nobody sets their own password or PIN this often in a quarter of an hour; each costs as much computing as a sign-in, or twice that. */
export const MOST_CHANGES = 20;

export interface ChangeThrottle {
  /** Counts that somebody sets their own password or PIN, before anything is computed. Answers the seconds to wait, 0 when they may. */
  attempt(userId: string): Promise<number>;
}

export interface ChangeThrottleOptions {
  readonly count: (keys: readonly Buffer[], window: { now: Date; windowSeconds: number }) => Promise<AttemptCount[]>;
  readonly clock: Clock;
  readonly secretKey: string;
}

/** Counts in the database, and so for all gateways together; also what goes well, which the sign-in's throttle forgives. */
export function createChangeThrottle({ count, clock, secretKey }: ChangeThrottleOptions): ChangeThrottle {
  return {
    async attempt(userId) {
      const key = createHmac('sha256', `changes of ${secretKey}`).update(userId).digest().subarray(0, 16);
      const now = clock.now();
      const [counted] = await count([key], { now, windowSeconds: WINDOW_SECONDS });
      if (counted === undefined || counted.attempts <= MOST_CHANGES) return 0;
      return Math.max(1, Math.ceil((counted.endsAt.getTime() - now.getTime()) / 1_000));
    },
  };
}
