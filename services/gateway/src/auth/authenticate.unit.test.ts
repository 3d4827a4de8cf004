import { describe, expect, it, vi } from 'vitest';
import { createRemembered } from '../data-access/remembered.js';
import type { UserState } from '../data-access/users.js';
import { createAccessTokens } from './access-tokens.js';
import { createAuthenticate } from './authenticate.js';

const tokens = createAccessTokens({ secretKey: 'a secret key that is long enough for the test', lifetimeSeconds: 900 });
const now = new Date('2025-03-03T09:00:00Z');
const { token } = tokens.issue({ userId: 'u', organizationId: 'o', role: 'OPERATOR', generation: 3 }, now);
const state: UserState = { roleId: 2, tokenGeneration: 3, isActive: true };

function authenticateWith(found: UserState | undefined) {
  const loadUserState = vi.fn(() => Promise.resolve(found));
  const states = createRemembered<UserState | undefined>({ max: 10, ttlMs: 60_000 });
  return {
    loadUserState,
    states,
    authenticate: createAuthenticate({ tokens, states, loadUserState, clock: { now: () => now } }),
  };
}

describe('createAuthenticate', () => {
  it('tells who calls, with the role they have now', async () => {
    const { authenticate } = authenticateWith({ ...state, roleId: 3 });
    await expect(authenticate(`Bearer ${token}`)).resolves.toEqual({
      userId: 'u',
      organizationId: 'o',
      role: 'USER',
      actor: 'user:u',
    });
  });

  it('looks a person up once for many calls', async () => {
    const { authenticate, loadUserState } = authenticateWith(state);
    await authenticate(`Bearer ${token}`);
    await authenticate(`bearer ${token}`);
    expect(loadUserState).toHaveBeenCalledOnce();
  });

  it('looks again once accounts have changed', async () => {
    const { authenticate, states, loadUserState } = authenticateWith(state);
    await authenticate(`Bearer ${token}`);
    loadUserState.mockResolvedValue({ ...state, isActive: false });
    states.forget();
    await expect(authenticate(`Bearer ${token}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each([undefined, '', 'Basic dTpw', 'Bearer', `Token ${token}`, `Bearer ${token} x`])(
    'refuses the header %j',
    async (header) => {
      const { authenticate } = authenticateWith(state);
      await expect(authenticate(header)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    },
  );

  it.each([
    ['is gone', undefined],
    ['is locked out', { ...state, isActive: false }],
    ['signed out everywhere', { ...state, tokenGeneration: 4 }],
  ])('refuses a good token whose person %s', async (_what, found) => {
    const { authenticate } = authenticateWith(found);
    await expect(authenticate(`Bearer ${token}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
