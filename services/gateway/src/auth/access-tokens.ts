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
}

export interface AccessTokens {
  /** @returns the token and when it ends. */
  issue(claims: AccessClaims, now: Date): { readonly token: string; readonly expiresAt: Date };
  /** @throws TOKEN_EXPIRED; UNAUTHENTICATED for anything else that is wrong with it. */
  verify(token: string, now: Date): AccessClaims;
}

/** Signed tokens (JWT, HS256 and nothing else). The key's id stands in the header, so that a key can be replaced. */
export function createAccessTokens(options: {
  readonly secretKey: string;
  readonly lifetimeSeconds: number;
}): AccessTokens {
  const { secretKey, lifetimeSeconds } = options;
  // A key object: given text, jsonwebtoken tries to read a public key from it at every call, which takes milliseconds.
  const key = createSecretKey(secretKey, 'utf8');
  const keyId = createHash('sha256').update(`key id of ${secretKey}`).digest('hex').slice(0, 16);

  return {
    issue({ userId, organizationId, role, generation }, now) {
      const issuedAt = Math.floor(now.getTime() / 1_000);
      const expiresAt = Math.ceil(now.getTime() / 1_000) + lifetimeSeconds;
      const claims = { sub: userId, org: organizationId, role, gen: generation, iat: issuedAt, exp: expiresAt };
      const token = jwt.sign({ ...claims, iss: ISSUER, aud: AUDIENCE }, key, {
        algorithm: ALGORITHM,
        keyid: keyId,
      });
      return { token, expiresAt: new Date(expiresAt * 1_000) };
    },

    verify(token, now) {
      const { header, payload } = decode(token, key, now);
      if (header.kid !== keyId || typeof payload === 'string') throw new AppError('UNAUTHENTICATED');
      return readClaims(payload);
    },
  };
}

function decode(token: string, key: KeyObject, now: Date): jwt.Jwt {
  try {
    return jwt.verify(token, key, {
      complete: true,
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      clockTimestamp: Math.floor(now.getTime() / 1_000),
    });
  } catch (error) {
    throw new AppError(error instanceof jwt.TokenExpiredError ? 'TOKEN_EXPIRED' : 'UNAUTHENTICATED', { cause: error });
  }
}

function readClaims(payload: jwt.JwtPayload): AccessClaims {
  const { sub, org, role, gen, exp } = payload as Record<string, unknown>;
  if (
    typeof sub !== 'string' ||
    typeof org !== 'string' ||
    typeof gen !== 'number' ||
    typeof exp !== 'number' ||
    !isRole(role)
  ) {
    throw new AppError('UNAUTHENTICATED');
  }
  return { userId: sub, organizationId: org, role, generation: gen };
}

function isRole(value: unknown): value is Role {
  return (roles as readonly unknown[]).includes(value);
}
