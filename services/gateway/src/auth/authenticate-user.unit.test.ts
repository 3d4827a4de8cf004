import { describe, expect, it, vi } from 'vitest';
import { createRemembered } from '../data-access/remembered.js';
import type { UserState } from '../data-access/users.js';
import { createAccessTokens } from './access-tokens.js';
import { createAuthenticateUser } from './authenticate-user.js';

const tokens = createAccessTokens({ secretKey: 'a secret key that is long enough for the test', lifetimeSeconds: 900 });
const now = new Date('2025-03-03T09:00:00Z');
const claims = { userId: 'u', organizationId: 'o', role: 'OPERATOR', generation: 3 } as const;
const { token } = tokens.issue(claims, now);
const state: UserState = { roleId: 2, tokenGeneration: 3, isActive: true, sessionEnded: false };

function authenticateWith(found: UserState | undefined) {
  const loadUserState = vi.fn((_organizationId: string, _userId: string, _sessionId: string | null) =>
    Promise.resolve(found),
  );
  const states = createRemembered<UserState | undefined>({ max: 10, ttlMs: 60_000 });
  const authenticate = createAuthenticateUser({ tokens, states, loadUserState, clock: { now: () => now } });
  return { loadUserState, authenticate };
}

describe('createAuthenticateUser', () => {
  it('tells who calls, with the role they have now', async () => {
    const { authenticate } = authenticateWith({ ...state, roleId: 3 });
    await expect(authenticate(token)).resolves.toEqual({
      kind: 'user',
      userId: 'u',
      organizationId: 'o',
      role: 'USER',
      actor: 'user:u',
    });
  });

  it('looks a session up once for many calls, and each session for itself', async () => {
    const { authenticate, loadUserState } = authenticateWith(state);
    await authenticate(token);
    await authenticate(token);
    const ofSession = tokens.issue({ ...claims, sessionId: 's' }, now).token;
    await authenticate(ofSession);
    await authenticate(ofSession);
    expect(loadUserState.mock.calls).toEqual([
      ['o', 'u', null],
      ['o', 'u', 's'],
    ]);
  });

  it.each([
    ['is gone', undefined],
    ['is locked out', { ...state, isActive: false }],
    ['signed out everywhere', { ...state, tokenGeneration: 4 }],
    ['signed out of this session', { ...state, sessionEnded: true }],
  ])('refuses a good token whose person %s', async (_what, found) => {
    const { authenticate } = authenticateWith(found);
    await expect(authenticate(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
