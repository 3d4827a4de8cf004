import type { ClientBase } from '@rollcall/postgres';

/** Deletes up to `limit` answers of imports that no idempotency key can ask for any more; answers how many. */
export async function deleteOldImports(client: Pick<ClientBase, 'query'>, limit: number): Promise<number> {
  const { rowCount } = await client.query(
    `delete from user_imports where id in (
       select id from user_imports where created_at < now() - interval '2 days' order by created_at limit $1)`,
    [limit],
  );
  return rowCount ?? 0;
}
