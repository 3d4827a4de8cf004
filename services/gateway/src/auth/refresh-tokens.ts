import { createHash, createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'rt_';
const TOKEN = /^rt_[\w-]{43}$/;
const DAY_SECONDS = 86_400;

export interface RefreshTokens {
  /** A token for a new session: 256 random bits. */
  first(): string;
  /** The token that follows on one. */
  successorOf(token: string): string;
  /** The token that followed on one, found again by its hash; undefined when our keys have changed since. */
  knownSuccessorOf(token: string, hash: Buffer): string | undefined;
  /** When a token issued now ends: unused for so long, and in any case with its session. */
  endOf(issuedAt: Date, sessionEndsAt: Date): Date;
  sessionEndOf(startedAt: Date): Date;
}

export interface RefreshTokensOptions {
  readonly secretKey: string;
  readonly previousSecretKey?: string;
  /** A session that is not refreshed for so long is over. */
  readonly idleDays: number;
  /** However often it is refreshed, a session is over after this. */
  readonly sessionDays: number;
}

/**
 * Refresh tokens, stored as hashes only. A successor is computed from the token it follows on and a key of ours: who
 * repeats a refresh (its answer was lost, two windows did it at once) can be given the very same successor, although it
 * is stored nowhere. So there is one chain of tokens a session and never a fork in which a thief goes his own way unseen.
 */
export function createRefreshTokens(options: RefreshTokensOptions): RefreshTokens {
  const { secretKey, previousSecretKey, idleDays, sessionDays } = options;
  const after = (start: Date, days: number): Date => new Date(start.getTime() + days * DAY_SECONDS * 1_000);
  const follow = (token: string, secret: string): string => {
    const key = createHash('sha256').update(`successors of refresh tokens, ${secret}`).digest();
    return PREFIX + createHmac('sha256', key).update(token).digest('base64url');
  };
  const secrets = [secretKey, ...(previousSecretKey === undefined ? [] : [previousSecretKey])];

  return {
    first: () => PREFIX + randomBytes(32).toString('base64url'),
    successorOf: (token) => follow(token, secretKey),
    knownSuccessorOf: (token, hash) =>
      secrets.map((secret) => follow(token, secret)).find((successor) => hashRefreshToken(successor).equals(hash)),
    endOf(issuedAt, sessionEndsAt) {
      const idle = after(issuedAt, idleDays);
      return idle < sessionEndsAt ? idle : sessionEndsAt;
    },
    sessionEndOf: (startedAt) => after(startedAt, sessionDays),
  };
}

export function isRefreshToken(text: string): boolean {
  return TOKEN.test(text);
}

export function hashRefreshToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
