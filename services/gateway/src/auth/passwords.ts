import type { PlaceHolder } from './password-places.js';

/** bcrypt looks at 72 bytes: what comes after would be ignored, so longer passwords are refused. */
export const MAX_PASSWORD_BYTES = 72;
/** Work factor: about a quarter of a second on a common machine (OWASP asks for 10 or more). */
export const BCRYPT_COST = 12;

export interface Passwords {
  /** @throws TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE when there is no place for the holder (see `PasswordPlaces`); so does `matches`. */
  hash(password: string, holder: PlaceHolder): Promise<string>;
  /** Compares with a hash; with null it takes as long and answers false, so that time tells nobody who exists. */
  matches(password: string, hash: string | null, holder: PlaceHolder): Promise<boolean>;
}

/** Who does the computing. */
export interface PasswordComputer {
  hash(password: string, given: { readonly cost: number; readonly holder: PlaceHolder }): Promise<string>;
  compare(password: string, given: { readonly hash: string; readonly holder: PlaceHolder }): Promise<boolean>;
}

export function isTooLongForBcrypt(password: string): boolean {
  return Buffer.byteLength(password) > MAX_PASSWORD_BYTES;
}

/** @param cost bcrypt's work factor; tests take a small one. */
export function createPasswords(computer: PasswordComputer, cost = BCRYPT_COST): Passwords {
  /** A hash of nothing anybody knows, of the same cost as the real ones. */
  let decoy: Promise<string> | undefined;
  const makeDecoy = (): Promise<string> => {
    const made = computer.hash(`nobody knows ${String(Math.random())}`, { cost, holder: 'entry' });
    // There was no place for it: the next one makes it, instead of everybody being refused for ever.
    made.catch(() => {
      decoy = undefined;
    });
    return made;
  };

  return {
    hash: (password, holder) => computer.hash(password, { cost, holder }),
    async matches(password, hash, holder) {
      decoy ??= makeDecoy();
      const nobodys = await decoy;
      // A password too long for bcrypt can be nobody's; it still takes the usual time.
      if (hash !== null && !isTooLongForBcrypt(password)) return computer.compare(password, { hash, holder });
      await computer.compare('a password of somebody', { hash: nobodys, holder });
      return false;
    },
  };
}
