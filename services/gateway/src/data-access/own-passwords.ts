import type { ClientBase } from '@rollcall/postgres';

export async function loadPasswordHash(client: ClientBase, userId: string): Promise<string | null> {
  const { rows } = await client.query<{ password_hash: string | null }>({
    name: 'load-password-hash',
    text: 'select password_hash from users where id = $1 and is_active and not is_deleted',
    values: [userId],
  });
  return rows[0]?.password_hash ?? null;
}

export interface PasswordReplacement {
  readonly userId: string;
  /** The hash the current password was compared with: a change made since is not overwritten. */
  readonly from: string;
  readonly to: string;
  readonly now: Date;
}

/** Replaces a password and ends every token of its person; answers the new generation, undefined when it was changed meanwhile. */
export async function replacePassword(client: ClientBase, change: PasswordReplacement): Promise<number | undefined> {
  const { rows } = await client.query<{ token_generation: number }>({
    name: 'replace-password',
    text: `update users set password_hash = $3, password_changed_at = $4, token_generation = token_generation + 1,
             version = version + 1, updated_at = $4
           where id = $1 and password_hash = $2 and is_active and not is_deleted returning token_generation`,
    values: [change.userId, change.from, change.to, change.now],
  });
  return rows[0]?.token_generation;
}

/** Ends every token of a person. */
export async function raiseTokenGeneration(client: ClientBase, userId: string): Promise<void> {
  await client.query({
    name: 'raise-token-generation',
    text: 'update users set token_generation = token_generation + 1 where id = $1',
    values: [userId],
  });
}
