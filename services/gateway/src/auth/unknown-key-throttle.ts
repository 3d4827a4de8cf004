import type { Clock } from '@rollcall/service-kit';
import { LRUCache } from 'lru-cache';
import { networkOf } from './network-of.js';

/**
 * Keys not seen before that an address may try at once, and how many more it gets a second: a gateway that starts meets all
 * cameras of a site behind one address.
 */
export const MOST_UNKNOWN_KEYS = 200;
const REGAINED_A_SECOND = 1;
/** Addresses remembered; that of whoever tried longest ago is forgotten first. */
const MOST_ADDRESSES = 10_000;

export interface UnknownKeyThrottle {
  /** Counts a key before it is looked up. Answers the seconds to wait, 0 when it may be looked up. */
  attempt(address: string): number;
  /** Takes the attempt back: the key was good. */
  succeeded(address: string): void;
}

interface Left {
  readonly attempts: number;
  readonly at: number;
}

/**
 * A token bucket an address, in memory: nobody guesses a key of 256 bits, so what is bounded here is the queries that made-up
 * keys cost, not the guesses.
 */
export function createUnknownKeyThrottle(clock: Clock): UnknownKeyThrottle {
  const left = new LRUCache<string, Left>({ max: MOST_ADDRESSES });
  const attemptsOf = (network: string, now: number): number => {
    const known = left.get(network);
    if (known === undefined) return MOST_UNKNOWN_KEYS;
    const regained = (Math.max(0, now - known.at) / 1_000) * REGAINED_A_SECOND;
    return Math.min(MOST_UNKNOWN_KEYS, known.attempts + regained);
  };
  return {
    attempt(address) {
      const [network, at] = [networkOf(address), clock.now().getTime()];
      const attempts = attemptsOf(network, at);
      if (attempts < 1) return Math.max(1, Math.ceil((1 - attempts) / REGAINED_A_SECOND));
      left.set(network, { attempts: attempts - 1, at });
      return 0;
    },
    succeeded(address) {
      const [network, at] = [networkOf(address), clock.now().getTime()];
      left.set(network, { attempts: Math.min(MOST_UNKNOWN_KEYS, attemptsOf(network, at) + 1), at });
    },
  };
}
