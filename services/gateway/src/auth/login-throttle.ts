import type { Clock } from '@rollcall/service-kit';
import { LRUCache } from 'lru-cache';

export interface LoginThrottle {
  /** Seconds to wait before another attempt; 0 when it may go on. */
  waitSeconds(email: string, address: string): number;
  /** Counts an attempt, before its password is compared: many at once must not all find the count at nothing. */
  attempted(email: string, address: string): void;
  /** Takes the attempt back. */
  succeeded(email: string, address: string): void;
}

/** Failures after which an address has to wait for an account, and for all accounts together. */
const MAX_FAILURES_PER_ACCOUNT = 10;
const MAX_FAILURES_PER_ADDRESS = 100;
const WINDOW_MS = 5 * 60_000;

interface Count {
  failures: number;
  readonly until: number;
}

/**
 * Counts failed sign-ins in memory, by account and address together and by address: somebody elsewhere who guesses an
 * account's password does not lock its owner out.
 */
export function createLoginThrottle(clock: Clock): LoginThrottle {
  const counts = new LRUCache<string, Count>({ max: 20_000 });

  function secondsLeft(key: string, most: number): number {
    const count = counts.get(key);
    if (count === undefined || count.failures < most) return 0;
    return Math.max(0, Math.ceil((count.until - clock.now().getTime()) / 1_000));
  }

  function add(key: string): void {
    const now = clock.now().getTime();
    const count = counts.get(key);
    if (count === undefined || count.until <= now) counts.set(key, { failures: 1, until: now + WINDOW_MS });
    else count.failures += 1;
  }

  return {
    waitSeconds: (email, address) =>
      Math.max(
        secondsLeft(`${address} ${email}`, MAX_FAILURES_PER_ACCOUNT),
        secondsLeft(address, MAX_FAILURES_PER_ADDRESS),
      ),
    attempted(email, address) {
      add(`${address} ${email}`);
      add(address);
    },
    succeeded(email, address) {
      counts.delete(`${address} ${email}`);
      const ofAddress = counts.get(address);
      if (ofAddress !== undefined && ofAddress.failures > 0) ofAddress.failures -= 1;
    },
  };
}
