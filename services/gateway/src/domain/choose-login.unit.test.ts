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
  it('lets the account in whose password fits', () => {
    const only = account();
    expect(chooseLogin(only)).toEqual({ outcome: 'accepted', account: only });
  });

  it.each([
    ['unknown_user', null],
    ['wrong_password', account({ passwordMatches: false })],
    ['no_password', account({ hasPassword: false, passwordMatches: false })],
    ['inactive', account({ isActive: false })],
  ] as const)('refuses: %s', (reason, tried) => {
    expect(chooseLogin(tried)).toEqual({ outcome: 'refused', account: tried, reason });
  });

  it('does not tell that somebody is locked out to who does not know the password', () => {
    const locked = account({ isActive: false, passwordMatches: false });
    expect(chooseLogin(locked)).toMatchObject({ reason: 'wrong_password' });
  });
});
