import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { createAccessTokens, type AccessClaims } from './access-tokens.js';

const secretKey = 'a secret key that is long enough for the test';
const tokens = createAccessTokens({ secretKey, lifetimeSeconds: 900 });
const now = new Date('2025-03-03T09:00:00.500Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
const claims: AccessClaims = { userId: 'u', organizationId: 'o', role: 'OPERATOR', generation: 3 };

/** The parts of a good token, to be made bad. */
function goodToken() {
  const { token } = tokens.issue(claims, now);
  const { header, payload } = jwt.verify(token, secretKey, { complete: true, clockTimestamp: now.getTime() / 1_000 });
  return { token, header, payload: payload as jwt.JwtPayload };
}

function forge(payload: object, options: jwt.SignOptions = {}, key: string | null = secretKey): string {
  const keyid = goodToken().header.kid ?? '';
  const signing = { algorithm: 'HS256', keyid, ...options } as const;
  return key === null ? jwt.sign(payload, '', { ...signing, algorithm: 'none' }) : jwt.sign(payload, key, signing);
}

describe('access tokens', () => {
  it('say what was put in, until they end', () => {
    const { token, expiresAt } = tokens.issue(claims, now);
    expect(tokens.verify(token, later(899))).toEqual(claims);
    expect(expiresAt.getTime() - now.getTime()).toBeGreaterThanOrEqual(900_000);
    expect(() => tokens.verify(token, later(902))).toThrow(expect.objectContaining({ code: 'TOKEN_EXPIRED' }));
  });

  const { payload, token } = goodToken();
  const { exp: _exp, ...endless } = payload;
  it.each([
    ['rubbish', 'a.b.c'],
    ['a changed payload', token.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"x"}').toString('base64url')}.`)],
    ['another key', forge(payload, {}, 'another key that is long enough, too, yes')],
    ['no signature', forge(payload, {}, null)],
    ['another algorithm', forge(payload, { algorithm: 'HS384' })],
    ['another key id', forge(payload, { keyid: 'other' })],
    ['another issuer', forge({ ...payload, iss: 'somebody' })],
    ['another audience', forge({ ...payload, aud: 'something' })],
    ['no end', forge(endless)],
    ['a role that does not exist', forge({ ...payload, role: 'ROOT' })],
    ['no generation', forge({ ...payload, gen: undefined })],
  ])('are refused with %s', (_name, forged) => {
    expect(() => tokens.verify(forged, now)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  });

  it('name the session they were issued in', () => {
    const { token: ofSession } = tokens.issue({ ...claims, sessionId: 's' }, now);
    expect(tokens.verify(ofSession, now)).toEqual({ ...claims, sessionId: 's' });
  });

  it('are taken with a matching key id only from the key that signed them', () => {
    const other = 'another key that is long enough, too, yes';
    const { token: ofOther } = createAccessTokens({ secretKey: other, lifetimeSeconds: 1 }).issue(claims, now);
    const keyid = jwt.decode(ofOther, { complete: true })?.header.kid ?? '';
    const both = createAccessTokens({ secretKey, previousSecretKey: other, lifetimeSeconds: 900 });
    const refused: unknown = expect.objectContaining({ code: 'UNAUTHENTICATED' });
    expect(() => both.verify(forge(payload, { keyid }), now)).toThrow(refused);
    expect(() => both.verify(forge(payload, {}, other), now)).toThrow(refused);
    expect(both.verify(forge(payload, { keyid }, other), now)).toEqual(claims);
  });
});

describe('while the key is replaced', () => {
  const [older, newer] = ['the key of last year, 32 characters', 'the key of this year, 32 characters'];
  const before = createAccessTokens({ secretKey: older, lifetimeSeconds: 900 });
  const during = createAccessTokens({ secretKey: newer, previousSecretKey: older, lifetimeSeconds: 900 });
  const afterwards = createAccessTokens({ secretKey: newer, lifetimeSeconds: 900 });

  it('tokens of both keys are taken, and new ones are signed by the new key', () => {
    expect(during.verify(before.issue(claims, now).token, now)).toEqual(claims);
    expect(afterwards.verify(during.issue(claims, now).token, now)).toEqual(claims);
    expect(() => before.verify(during.issue(claims, now).token, now)).toThrow();
  });

  it('tokens of the old key end like all others, and are refused once it is gone', () => {
    const { token } = before.issue(claims, now);
    expect(() => during.verify(token, later(902))).toThrow(expect.objectContaining({ code: 'TOKEN_EXPIRED' }));
    expect(() => afterwards.verify(token, now)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  });
});
