import type { ClientBase } from '@rollcall/postgres';

/** Deletes up to `limit` answers of calls with entries by hand that no idempotency key can ask for any more; answers how many. */
export async function deleteOldCorrectionBatches(client: Pick<ClientBase, 'query'>, limit: number): Promise<number> {
  const { rowCount } = await client.query(
    `delete from correction_batches where id in (
       select id from correction_batches where created_at < now() - interval '2 days' order by created_at limit $1)`,
    [limit],
  );
  return rowCount ?? 0;
}
