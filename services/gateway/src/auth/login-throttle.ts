import { createHmac } from 'node:crypto';
import type { Clock } from '@rollcall/service-kit';
import type { AttemptCount } from '../data-access/sign-in-attempts.js';
import { networkOf } from './network-of.js';

export interface ThrottleVerdict {
  /** Seconds to wait before another attempt; 0 when this one may go on. */
  readonly waitSeconds: number;
  /** The first attempt that has to wait: the one to write down. */
  readonly isFirst: boolean;
}

/** What a password is tried on: an account at the sign-in, a person who changes their password. */
export interface LoginThrottle {
  /** Counts an attempt, before its password is compared: many at once must not all find the count at nothing. */
  attempt(account: string, address: string): Promise<ThrottleVerdict>;
  /** Takes the attempt back of somebody who knew the password. */
  succeeded(account: string, address: string): Promise<void>;
  /** Counts a token that was refused, which belongs to no account. */
  refusedToken(address: string): Promise<ThrottleVerdict>;
}

export interface LoginThrottleOptions {
  readonly count: (keys: readonly Buffer[], window: { now: Date; windowSeconds: number }) => Promise<AttemptCount[]>;
  readonly forgive: (keys: { forget: readonly Buffer[]; lessen: readonly Buffer[] }) => Promise<void>;
  readonly clock: Clock;
  readonly secretKey: string;
}

const WINDOW_SECONDS = 5 * 60;
/** Attempts an address has for one account, and for all accounts together. */
export const MOST_FOR_ACCOUNT = 10;
export const MOST_OF_ADDRESS = 100;
/** An account that is tried this often, from wherever, is being attacked: each address gets few attempts only. */
export const ATTACKED_AFTER = 50;
export const MOST_FOR_ATTACKED = 3;

/**
 * Counts sign-ins that fail, in the database and so for all gateways together. An account is never closed to everybody:
 * while many addresses guess at it, each has a few attempts left in five minutes, and so has its owner, wherever they are.
 */
export function createLoginThrottle({ count, forgive, clock, secretKey }: LoginThrottleOptions): LoginThrottle {
  // Keyed: nobody who reads the table can try out which e-mails and addresses are meant.
  const keyOf = (...parts: string[]): Buffer =>
    createHmac('sha256', `sign-in attempts of ${secretKey}`).update(JSON.stringify(parts)).digest().subarray(0, 16);
  const keysOf = (account: string, address: string) => {
    const network = networkOf(address);
    return {
      pair: keyOf('pair', account, network),
      address: keyOf('address', network),
      account: keyOf('account', account),
    };
  };
  const judge = (
    counts: readonly { readonly count: AttemptCount | undefined; readonly most: number }[],
  ): ThrottleVerdict => {
    const now = clock.now().getTime();
    const over = counts.filter(({ count: { attempts } = { attempts: 0 }, most }) => attempts > most);
    const waits = over.map(({ count: found }) => Math.ceil(((found?.endsAt.getTime() ?? now) - now) / 1_000));
    const isFirst = over.length > 0 && over.every(({ count: found, most }) => found?.attempts === most + 1);
    return { waitSeconds: Math.max(0, ...waits), isFirst };
  };
  const window = () => ({ now: clock.now(), windowSeconds: WINDOW_SECONDS });

  return {
    async attempt(email, from) {
      const keys = keysOf(email, from);
      const [pair, address, account] = await count([keys.pair, keys.address, keys.account], window());
      const most = (account?.attempts ?? 0) > ATTACKED_AFTER ? MOST_FOR_ATTACKED : MOST_FOR_ACCOUNT;
      return judge([
        { count: pair, most },
        { count: address, most: MOST_OF_ADDRESS },
      ]);
    },
    async succeeded(email, from) {
      const { pair, address, account } = keysOf(email, from);
      await forgive({ forget: [pair], lessen: [address, account] });
    },
    async refusedToken(from) {
      const [address] = await count([keyOf('token', networkOf(from))], window());
      return judge([{ count: address, most: MOST_OF_ADDRESS }]);
    },
  };
}
