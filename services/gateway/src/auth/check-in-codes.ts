import { createHmac, createSecretKey, randomUUID, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';

const ISSUER = 'rollcall';
const AUDIENCE = 'rollcall-check-in';
const ALGORITHM = 'HS256';
/** Long enough to walk up to a kiosk and hold a telephone before it. */
const LIFETIME_SECONDS = 60;
/** How far a kiosk's clock may be off. */
const SKEW_SECONDS = 30;

export interface CodeHolder {
  readonly userId: string;
  readonly organizationId: string;
}

export type ReadCode =
  | { readonly ok: true; readonly codeId: string; readonly holder: CodeHolder }
  | { readonly ok: false; readonly reason: 'wrong_code' | 'code_expired' };

export interface CheckInCodes {
  issue(
    holder: CodeHolder,
    now: Date,
  ): { readonly token: string; readonly expiresAt: Date; readonly expiresIn: number };
  /** @param at when it was shown to the kiosk. */
  read(token: string, at: Date): ReadCode;
}

export interface CheckInCodesOptions {
  readonly secretKey: string;
  readonly previousSecretKey?: string;
}

/** Personal codes to show as QR: signed with a key of their own, so that neither stands in for an access token. */
export function createCheckInCodes({ secretKey, previousSecretKey }: CheckInCodesOptions): CheckInCodes {
  const signing = deriveKey(secretKey);
  const accepted = [signing, ...(previousSecretKey === undefined ? [] : [deriveKey(previousSecretKey)])];
  return {
    issue({ userId, organizationId }, now) {
      const iat = Math.floor(now.getTime() / 1_000);
      const exp = iat + LIFETIME_SECONDS;
      const claims = { sub: userId, org: organizationId, jti: randomUUID(), iat, exp, iss: ISSUER, aud: AUDIENCE };
      const token = jwt.sign(claims, signing, { algorithm: ALGORITHM });
      return { token, expiresAt: new Date(exp * 1_000), expiresIn: LIFETIME_SECONDS };
    },
    read(token, at) {
      let reason: 'wrong_code' | 'code_expired' = 'wrong_code';
      for (const key of accepted) {
        const found = verify(token, key, at);
        if (found.ok) return found;
        if (found.reason === 'code_expired') reason = found.reason;
      }
      return { ok: false, reason };
    },
  };
}

function deriveKey(secretKey: string): KeyObject {
  return createSecretKey(createHmac('sha256', secretKey).update('check-in codes').digest());
}

function verify(token: string, key: KeyObject, at: Date): ReadCode {
  const seconds = Math.floor(at.getTime() / 1_000);
  try {
    const claims = jwt.verify(token, key, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      clockTimestamp: seconds,
      clockTolerance: SKEW_SECONDS,
    }) as { sub: string; org: string; jti: string; iat: number };
    // Shown before it was made: the time is not the one at which it was shown.
    if (claims.iat > seconds + SKEW_SECONDS) return { ok: false, reason: 'code_expired' };
    return { ok: true, codeId: claims.jti, holder: { userId: claims.sub, organizationId: claims.org } };
  } catch (error) {
    return { ok: false, reason: error instanceof jwt.TokenExpiredError ? 'code_expired' : 'wrong_code' };
  }
}
