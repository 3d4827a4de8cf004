import { describe, expect, it } from 'vitest';
import { createRefreshTokens, hashRefreshToken, isRefreshToken } from './refresh-tokens.js';

const [older, newer] = ['the key of last year, 32 characters', 'the key of this year, 32 characters'];
const lifetimes = { idleDays: 14, sessionDays: 20 };
const tokens = createRefreshTokens({ secretKey: older, ...lifetimes });
const start = new Date('2025-03-01T00:00:00Z');

describe('refresh tokens', () => {
  it('are new for each session and follow on one another in one line', () => {
    const [one, two] = [tokens.first(), tokens.first()];
    expect(one).not.toBe(two);
    const next = tokens.successorOf(one);
    expect([one, two, next, tokens.successorOf(next)].every(isRefreshToken)).toBe(true);
    expect(tokens.successorOf(one)).toBe(next);
    expect(new Set([one, two, next, tokens.successorOf(two), tokens.successorOf(next)]).size).toBe(5);
  });

  it('find the successor again by its hash, also while the key is replaced, and no other', () => {
    const first = tokens.first();
    const hash = hashRefreshToken(tokens.successorOf(first));
    const during = createRefreshTokens({ secretKey: newer, previousSecretKey: older, ...lifetimes });
    const afterwards = createRefreshTokens({ secretKey: newer, ...lifetimes });
    expect(tokens.knownSuccessorOf(first, hash)).toBe(tokens.successorOf(first));
    expect(during.knownSuccessorOf(first, hash)).toBe(tokens.successorOf(first));
    expect(afterwards.knownSuccessorOf(first, hash)).toBeUndefined();
    expect(tokens.knownSuccessorOf(tokens.first(), hash)).toBeUndefined();
  });

  it('end when unused, and with their session at the latest', () => {
    const sessionEnd = tokens.sessionEndOf(start);
    expect(sessionEnd.toISOString()).toBe('2025-03-21T00:00:00.000Z');
    expect(tokens.endOf(start, sessionEnd).toISOString()).toBe('2025-03-15T00:00:00.000Z');
    expect(tokens.endOf(new Date('2025-03-10T00:00:00Z'), sessionEnd)).toEqual(sessionEnd);
  });

  it.each([
    '',
    'rt_',
    'rc_'.padEnd(46, 'a'),
    'rt_'.padEnd(45, 'a'),
    'rt_'.padEnd(46, '+'),
    `${'rt_'.padEnd(46, 'a')}\n`,
  ])('are not %j', (text) => expect(isRefreshToken(text)).toBe(false));
});
