import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { roles, type Role } from '@rollcall/contracts';
import { AppError } from '@rollcall/service-kit';
import jwt from 'jsonwebtoken';

const ISSUER = 'rollcall';
const AUDIENCE = 'rollcall-api';
const ALGORITHM = 'HS256';

/** What an access token says. */
export interface AccessClaims {
  readonly userId: string;
  readonly organizationId: string;
  readonly role: Role;
  /** `users.token_generation` when it was issued: an older one is refused. */
  readonly generation: number;
  /** The session it was issued in; a token without one ends by its time or generation only. */
  readonly sessionId?: string;
}

export interface AccessTokens {
  /** @returns the token and when it ends. */
  issue(claims: AccessClaims, now: Date): { readonly token: string; readonly expiresAt: Date };
  /** @throws TOKEN_EXPIRED; UNAUTHENTICATED for anything else that is wrong with it. */
  verify(token: string, now: Date): AccessClaims;
}

export interface AccessTokensOptions {
  readonly secretKey: string;
  /** The key before this one: tokens it signed are taken until they end. */
  readonly previousSecretKey?: string;
  readonly lifetimeSeconds: number;
}

/**
 * Signed tokens (JWT, HS256 and nothing else). The key's id stands in the header, so that a key can be replaced while
 * tokens of the one before are still about.
 */
export function createAccessTokens(options: AccessTokensOptions): AccessTokens {
  const { secretKey, previousSecretKey, lifetimeSeconds } = options;
  const signing = readKey(secretKey);
  const accepted = new Map([signing, ...(previousSecretKey === undefined ? [] : [readKey(previousSecretKey)])]);
  const [signingId, signingKey] = signing;

  return {
    issue({ userId, organizationId, role, generation, sessionId }, now) {
      const issuedAt = Math.floor(now.getTime() / 1_000);
      const expiresAt = Math.ceil(now.getTime() / 1_000) + lifetimeSeconds;
      const session = sessionId === undefined ? {} : { sid: sessionId };
      const claims = {
        sub: userId,
        org: organizationId,
        role,
        gen: generation,
        ...session,
        iat: issuedAt,
        exp: expiresAt,
      };
      const token = jwt.sign({ ...claims, iss: ISSUER, aud: AUDIENCE }, signingKey, {
        algorithm: ALGORITHM,
        keyid: signingId,
      });
      return { token, expiresAt: new Date(expiresAt * 1_000) };
    },

    verify(token, now) {
      const key = accepted.get(keyIdOf(token));
      if (key === undefined) throw new AppError('UNAUTHENTICATED');
      return readClaims(verify(token, key, now));
    },
  };
}

/** A key object: given text, jsonwebtoken tries to read a public key from it at every call, which takes milliseconds. */
function readKey(secretKey: string): [keyId: string, key: KeyObject] {
  const keyId = createHash('sha256').update(`key id of ${secretKey}`).digest('hex').slice(0, 16);
  return [keyId, createSecretKey(secretKey, 'utf8')];
}

/** What the header says of the key: only used to choose among our own, nothing in it is trusted. */
function keyIdOf(token: string): string {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString());
    const keyId = (header as { kid?: unknown } | null)?.kid;
    return typeof keyId === 'string' ? keyId : '';
  } catch {
    return '';
  }
}

function verify(token: string, key: KeyObject, now: Date): jwt.JwtPayload {
  let payload: jwt.JwtPayload | string;
  try {
    payload = jwt.verify(token, key, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      clockTimestamp: Math.floor(now.getTime() / 1_000),
    });
  } catch (error) {
    throw new AppError(error instanceof jwt.TokenExpiredError ? 'TOKEN_EXPIRED' : 'UNAUTHENTICATED', { cause: error });
  }
  if (typeof payload === 'string') throw new AppError('UNAUTHENTICATED');
  return payload;
}

function readClaims(payload: jwt.JwtPayload): AccessClaims {
  const { sub, org, role, gen, sid, exp } = payload as Record<string, unknown>;
  if (
    typeof sub !== 'string' ||
    typeof org !== 'string' ||
    typeof gen !== 'number' ||
    typeof exp !== 'number' ||
    (sid !== undefined && typeof sid !== 'string') ||
    !isRole(role)
  ) {
    throw new AppError('UNAUTHENTICATED');
  }
  return { userId: sub, organizationId: org, role, generation: gen, ...(sid !== undefined && { sessionId: sid }) };
}

function isRole(value: unknown): value is Role {
  return (roles as readonly unknown[]).includes(value);
}
