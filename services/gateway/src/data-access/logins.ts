import type { Pool } from '@rollcall/postgres';

/** An account that an email may mean. */
export interface LoginCandidate {
  readonly userId: string;
  readonly organizationId: string;
  readonly passwordHash: string | null;
  readonly roleId: number;
  readonly tokenGeneration: number;
  readonly isActive: boolean;
}

interface LoginRow {
  readonly user_id: string;
  readonly organization_id: string;
  readonly password_hash: string | null;
  readonly role_id: number;
  readonly token_generation: number;
  readonly is_active: boolean;
}

/** The accounts of an email, over all organizations or in the one of the slug. Deleted people are none. */
export async function findLogins(pool: Pool, email: string, slug: string | null): Promise<LoginCandidate[]> {
  const { rows } = await pool.query<LoginRow>({
    name: 'find-login',
    text: `select user_id, organization_id, password_hash, role_id, token_generation, is_active from find_login($1, $2)`,
    values: [email, slug],
  });
  return rows.map((row) => ({
    userId: row.user_id,
    organizationId: row.organization_id,
    passwordHash: row.password_hash,
    roleId: row.role_id,
    tokenGeneration: row.token_generation,
    isActive: row.is_active,
  }));
}
