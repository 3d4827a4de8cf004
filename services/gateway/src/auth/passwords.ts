/** bcrypt looks at 72 bytes: what comes after would be ignored, so longer passwords are refused. */
export const MAX_PASSWORD_BYTES = 72;
/** Work factor: about a quarter of a second on a common machine (OWASP asks for 10 or more). */
export const BCRYPT_COST = 12;

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Compares with a hash; with null it takes as long and answers false, so that time tells nobody who exists. */
  matches(password: string, hash: string | null): Promise<boolean>;
}

/** Who does the computing. */
export interface PasswordComputer {
  hash(password: string, cost: number): Promise<string>;
  compare(password: string, hash: string): Promise<boolean>;
}

export function isTooLongForBcrypt(password: string): boolean {
  return Buffer.byteLength(password) > MAX_PASSWORD_BYTES;
}

/** @param cost bcrypt's work factor; tests take a small one. */
export function createPasswords(computer: PasswordComputer, cost = BCRYPT_COST): Passwords {
  /** A hash of nothing anybody knows, of the same cost as the real ones. */
  let decoy: Promise<string> | undefined;

  return {
    hash: (password) => computer.hash(password, cost),
    async matches(password, hash) {
      decoy ??= computer.hash(`nobody knows ${String(Math.random())}`, cost);
      const nobodys = await decoy;
      // A password too long for bcrypt can be nobody's; it still takes the usual time.
      if (hash !== null && !isTooLongForBcrypt(password)) return computer.compare(password, hash);
      await computer.compare('a password of somebody', nobodys);
      return false;
    },
  };
}
