/** An account an email may mean, and whether the password fits it. */
export interface TriedAccount {
  readonly userId: string;
  readonly organizationId: string;
  readonly isActive: boolean;
  readonly hasPassword: boolean;
  readonly passwordMatches: boolean;
}

export type RefusalReason = 'unknown_user' | 'wrong_password' | 'no_password' | 'inactive' | 'organization_required';

export type LoginChoice<Account> =
  | { readonly outcome: 'accepted'; readonly account: Account }
  | { readonly outcome: 'refused'; readonly account: Account | null; readonly reason: RefusalReason };

/**
 * Who signs in? With several accounts behind one address the organization has to be named, but that is said only to who
 * knows a password: otherwise anybody could ask which addresses are known.
 */
export function chooseLogin<Account extends TriedAccount>(accounts: readonly Account[]): LoginChoice<Account> {
  const [only, ...others] = accounts;
  if (only === undefined) return { outcome: 'refused', account: null, reason: 'unknown_user' };
  if (others.length > 0) {
    const known = accounts.some(({ passwordMatches }) => passwordMatches);
    return { outcome: 'refused', account: null, reason: known ? 'organization_required' : 'wrong_password' };
  }
  if (!only.hasPassword) return { outcome: 'refused', account: only, reason: 'no_password' };
  if (!only.passwordMatches) return { outcome: 'refused', account: only, reason: 'wrong_password' };
  if (!only.isActive) return { outcome: 'refused', account: only, reason: 'inactive' };
  return { outcome: 'accepted', account: only };
}
