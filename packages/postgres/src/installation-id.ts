import type { ClientBase } from 'pg';

/**
 * What an installation calls itself: its log's first epoch, which stays the same through restores and moves to another
 * cluster. Undefined before the set-up has begun the log.
 */
export async function readInstallationId(client: Pick<ClientBase, 'query'>): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>(
    `select system_identifier || '-' || (extract(epoch from started_at) * 1000000)::bigint as id
     from log_identity order by epoch limit 1`,
  );
  return rows[0]?.id;
}
