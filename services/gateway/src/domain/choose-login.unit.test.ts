import { describe, expect, it } from 'vitest';
import { chooseLogin, type TriedAccount } from './choose-login.js';

const account = (given: Partial<TriedAccount> = {}): TriedAccount => ({
  userId: 'u',
  organizationId: 'o',
  isActive: true,
  hasPassword: true,
  passwordMatches: true,
  ...given,
});

describe('chooseLogin', () => {
  it('lets the one account in whose password fits', () => {
    const only = account();
    expect(chooseLogin([only])).toEqual({ outcome: 'accepted', account: only });
  });

  it.each([
    ['unknown_user', []],
    ['wrong_password', [account({ passwordMatches: false })]],
    ['no_password', [account({ hasPassword: false, passwordMatches: false })]],
    ['inactive', [account({ isActive: false })]],
    ['organization_required', [account(), account({ organizationId: 'p', passwordMatches: false })]],
    ['wrong_password', [account({ passwordMatches: false }), account({ passwordMatches: false })]],
  ] as const)('refuses: %s', (reason, accounts) => {
    expect(chooseLogin(accounts)).toMatchObject({ outcome: 'refused', reason });
  });

  it('does not tell that somebody is locked out to who does not know the password', () => {
    const locked = account({ isActive: false, passwordMatches: false });
    expect(chooseLogin([locked])).toMatchObject({ reason: 'wrong_password' });
  });
});
