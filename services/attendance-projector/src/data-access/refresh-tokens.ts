import type { ClientBase } from '@rollcall/postgres';

/** Deletes up to `limit` tokens that nobody can use any more because their time is over; answers how many. */
export async function deleteExpiredRefreshTokens(client: Pick<ClientBase, 'query'>, limit: number): Promise<number> {
  const { rowCount } = await client.query(
    `delete from refresh_tokens where ctid in (select ctid from refresh_tokens where expires_at < now() limit $1)`,
    [limit],
  );
  return rowCount ?? 0;
}
