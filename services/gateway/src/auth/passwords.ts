import { Tinypool } from 'tinypool';

/** bcrypt looks at 72 bytes: what comes after would be ignored, so longer passwords are refused. */
export const MAX_PASSWORD_BYTES = 72;
/** Work factor: about a quarter of a second on a common machine (OWASP asks for 10 or more). */
export const BCRYPT_COST = 12;

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Compares with a hash; with null it takes as long and answers false, so that time tells nobody who exists. */
  matches(password: string, hash: string | null): Promise<boolean>;
  close(): Promise<void>;
}

export function isTooLongForBcrypt(password: string): boolean {
  return Buffer.byteLength(password) > MAX_PASSWORD_BYTES;
}

/**
 * @param options.worker the compiled password-worker module.
 * @param options.cost bcrypt's work factor; tests take a small one.
 */
export function createPasswords(options: { readonly worker: URL; readonly cost?: number }): Passwords {
  const cost = options.cost ?? BCRYPT_COST;
  const pool = new Tinypool({ filename: options.worker.href, minThreads: 0, maxThreads: 2, idleTimeout: 30_000 });
  /** A hash of nothing anybody knows, of the same cost as the real ones. */
  let decoy: Promise<string> | undefined;

  function hash(password: string): Promise<string> {
    return pool.run({ password, cost }, { name: 'hashPassword' }) as Promise<string>;
  }

  function compare(password: string, against: string): Promise<boolean> {
    return pool.run({ password, hash: against }, { name: 'comparePassword' }) as Promise<boolean>;
  }

  return {
    hash,
    async matches(password, against) {
      decoy ??= hash(`nobody knows ${String(Math.random())}`);
      const decoyHash = await decoy;
      // A password too long for bcrypt can be nobody's; it still takes the usual time.
      if (against === null || isTooLongForBcrypt(password)) {
        await compare(password.slice(0, MAX_PASSWORD_BYTES / 4), decoyHash);
        return false;
      }
      return compare(password, against);
    },
    close: () => pool.destroy(),
  };
}
