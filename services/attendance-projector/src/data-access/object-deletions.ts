import type { ClientBase } from '@rollcall/postgres';

type Client = Pick<ClientBase, 'query'>;

export interface ObjectDeletion {
  readonly objectKey: string;
  readonly attempts: number;
}

/** Deletions whose time has come: new ones at once, others 2, 4, 8 … minutes after they were asked for. */
export async function findDueDeletions(client: Client, limit: number): Promise<ObjectDeletion[]> {
  const { rows } = await client.query<{ object_key: string; attempts: number }>(
    `select object_key, attempts from object_deletions
     where attempts = 0 or requested_at + interval '1 minute' * power(2, least(attempts, 20)) <= now()
     order by attempts, requested_at
     limit $1`,
    [limit],
  );
  return rows.map(({ object_key, attempts }) => ({ objectKey: object_key, attempts }));
}

export async function finishDeletions(client: Client, objectKeys: readonly string[]): Promise<void> {
  await client.query('delete from object_deletions where object_key = any($1::text[])', [objectKeys]);
}

export async function noteFailedDeletion(client: Client, objectKey: string, reason: string): Promise<void> {
  await client.query('update object_deletions set attempts = attempts + 1, last_error = $2 where object_key = $1', [
    objectKey,
    reason,
  ]);
}

export async function requestDeletions(
  client: Client,
  organizationId: string,
  objectKeys: readonly string[],
): Promise<void> {
  await client.query(
    `insert into object_deletions (object_key, organization_id)
     select object_key, $1 from unnest($2::text[]) as orphan (object_key)
     on conflict (object_key) do nothing`,
    [organizationId, objectKeys],
  );
}
