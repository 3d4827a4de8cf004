import type { ClientBase } from '@rollcall/postgres';

/** Deletes up to `limit` keys older than so many hours; answers how many. */
export async function deleteIdempotencyKeys(
  client: Pick<ClientBase, 'query'>,
  olderThanHours: number,
  limit: number,
): Promise<number> {
  const { rowCount } = await client.query(
    `delete from idempotency_keys where ctid in (
       select ctid from idempotency_keys where created_at < now() - $1 * interval '1 hour' limit $2
     )`,
    [olderThanHours, limit],
  );
  return rowCount ?? 0;
}
