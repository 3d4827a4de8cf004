/** The account an email means, and whether the password fits it. */
export interface TriedAccount {
  readonly userId: string;
  readonly organizationId: string;
  readonly isActive: boolean;
  readonly hasPassword: boolean;
  readonly passwordMatches: boolean;
}

export type RefusalReason = 'unknown_user' | 'wrong_password' | 'no_password' | 'inactive';

export type LoginChoice<Account> =
  | { readonly outcome: 'accepted'; readonly account: Account }
  | { readonly outcome: 'refused'; readonly account: Account | null; readonly reason: RefusalReason };

/** Who signs in? Null is nobody. The reasons are for the trail: whoever is refused hears the same of each. */
export function chooseLogin<Account extends TriedAccount>(account: Account | null): LoginChoice<Account> {
  if (account === null) return { outcome: 'refused', account, reason: 'unknown_user' };
  if (!account.hasPassword) return { outcome: 'refused', account, reason: 'no_password' };
  if (!account.passwordMatches) return { outcome: 'refused', account, reason: 'wrong_password' };
  if (!account.isActive) return { outcome: 'refused', account, reason: 'inactive' };
  return { outcome: 'accepted', account };
}
