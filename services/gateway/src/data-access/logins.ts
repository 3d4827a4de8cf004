import type { Pool } from '@rollcall/postgres';

/** An account that somebody signs in to. */
export interface LoginAccount {
  readonly userId: string;
  readonly organizationId: string;
  readonly passwordHash: string | null;
  readonly roleId: number;
  readonly tokenGeneration: number;
  readonly isActive: boolean;
}

/** Where somebody signs in; the account is null when nobody there has the email. */
export interface LoginTarget {
  readonly organizationId: string;
  readonly account: LoginAccount | null;
}

interface LoginRow {
  readonly user_id: string | null;
  readonly organization_id: string;
  readonly password_hash: string | null;
  readonly role_id: number;
  readonly token_generation: number;
  readonly is_active: boolean;
}

/**
 * The organization of a slug, or without one (null) the only one there is, and who has the email in it. Deleted people have
 * none. Undefined when there is no such organization, or without a slug more than one.
 */
export async function findLogin(pool: Pool, email: string, slug: string | null): Promise<LoginTarget | undefined> {
  const { rows } = await pool.query<LoginRow>({
    name: 'find-login',
    text: `select user_id, organization_id, password_hash, role_id, token_generation, is_active from find_login($1, $2)`,
    values: [email, slug],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  const { user_id: userId, organization_id: organizationId } = row;
  if (userId === null) return { organizationId, account: null };
  const account = {
    userId,
    organizationId,
    passwordHash: row.password_hash,
    roleId: row.role_id,
    tokenGeneration: row.token_generation,
    isActive: row.is_active,
  };
  return { organizationId, account };
}
