import { createHmac, randomInt } from 'node:crypto';
import type { PlaceHolder } from './password-places.js';
import type { Passwords } from './passwords.js';

const DRAWN_DIGITS = 6;

export interface PinMatch {
  readonly matches: boolean;
  /** It matches, but by the key before this one: to be hashed anew. */
  readonly isOld: boolean;
}

export interface Pins {
  hash(userId: string, pin: string, holder: PlaceHolder): Promise<string>;
  /** Takes as long for somebody without a PIN (null). */
  check(userId: string, pin: string, hash: string | null): Promise<PinMatch>;
}

export interface PinsOptions {
  readonly passwords: Pick<Passwords, 'hash' | 'matches'>;
  readonly secretKey: string;
  readonly previousSecretKey?: string;
}

/**
 * PINs as they are kept: bcrypt over a keyed digest. A million PINs are tried in hours against bcrypt alone; without the
 * key, which is not in the database, there is nothing to try them against.
 */
export function createPins({ passwords, secretKey, previousSecretKey }: PinsOptions): Pins {
  const digest = (key: string, userId: string, pin: string): string =>
    createHmac('sha256', `pins of ${key}`).update(`${userId}/${pin}`).digest('base64url');
  return {
    hash: (userId, pin, holder) => passwords.hash(digest(secretKey, userId, pin), holder),
    async check(userId, pin, hash) {
      if (await passwords.matches(digest(secretKey, userId, pin), hash, 'entry'))
        return { matches: true, isOld: false };
      if (previousSecretKey === undefined) return { matches: false, isOld: false };
      const matches = await passwords.matches(digest(previousSecretKey, userId, pin), hash, 'entry');
      return { matches, isOld: matches };
    },
  };
}

/** What anybody would try first: one digit again and again, or digits in a row. */
export function isTooSimple(pin: string): boolean {
  const digits = Array.from(pin, Number);
  const steps = new Set(digits.slice(1).map((digit, index) => (digit - (digits[index] ?? 0) + 10) % 10));
  return steps.size <= 1 && [0, 1, 9].includes([...steps][0] ?? 0);
}

/** A PIN nobody chose. */
export function drawPin(): string {
  for (;;) {
    const pin = String(randomInt(10 ** DRAWN_DIGITS)).padStart(DRAWN_DIGITS, '0');
    if (!isTooSimple(pin)) return pin;
  }
}
