import { describe, expect, it } from 'vitest';
import { decideRefresh, type PresentedToken } from './decide-refresh.js';

const now = new Date('2025-03-03T09:00:00Z');
const before = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const good: PresentedToken = {
  expiresAt: new Date('2025-03-10T09:00:00Z'),
  usedAt: null,
  revokedAt: null,
  generation: 3,
  successorUsedAt: null,
  user: { isActive: true, tokenGeneration: 3 },
};

describe('decideRefresh', () => {
  it.each<[string, Partial<PresentedToken>, object]>([
    ['a token that is good', {}, { outcome: 'rotate' }],
    ['the same call again at once', { usedAt: before(10) }, { outcome: 'repeat' }],
    ['the same token later', { usedAt: before(10.001) }, { reason: 'reused' }],
    [
      'the same token when its successor is in use',
      { usedAt: before(1), successorUsedAt: before(0.5) },
      { reason: 'reused' },
    ],
    ['an old token of long ago', { usedAt: before(86_400), expiresAt: before(1) }, { reason: 'reused' }],
    ['a token that has ended', { expiresAt: now }, { reason: 'expired' }],
    ['a token of an ended session', { revokedAt: before(1) }, { reason: 'revoked' }],
    ['a used token of an ended session', { revokedAt: before(1), usedAt: before(2) }, { reason: 'revoked' }],
    ['a token of before the password change', { generation: 2 }, { reason: 'outdated' }],
    ['a token of no generation', { generation: 0 }, { reason: 'outdated' }],
    ['a token of somebody deleted', { user: undefined }, { reason: 'inactive' }],
    ['a token of somebody locked out', { user: { isActive: false, tokenGeneration: 3 } }, { reason: 'inactive' }],
  ])('%s', (_what, given, verdict) => {
    expect(decideRefresh({ ...good, ...given }, now)).toMatchObject(verdict);
  });
});
