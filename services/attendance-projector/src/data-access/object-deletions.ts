import type { ClientBase } from '@rollcall/postgres';

type Client = Pick<ClientBase, 'query'>;

export interface ObjectDeletion {
  readonly objectKey: string;
  readonly organizationId: string;
  /** No row was found that owns it, when that was looked for; to be looked at again. */
  readonly isOrphan: boolean;
}

/** Deletions whose time has come: new ones at once, others 2, 4, 8 … minutes after they were asked for. */
export async function findDueDeletions(client: Client, limit: number): Promise<ObjectDeletion[]> {
  const { rows } = await client.query<{ object_key: string; organization_id: string; is_orphan: boolean }>(
    `select object_key, organization_id, is_orphan from object_deletions
     where attempts = 0 or requested_at + interval '1 minute' * power(2, least(attempts, 20)) <= now()
     order by attempts, requested_at
     limit $1`,
    [limit],
  );
  return rows.map((row) => ({
    objectKey: row.object_key,
    organizationId: row.organization_id,
    isOrphan: row.is_orphan,
  }));
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

/** Has objects deleted that no row was found to own; how many of them were not to be deleted already. */
export async function requestOrphanDeletions(
  client: Client,
  organizationId: string,
  objectKeys: readonly string[],
): Promise<number> {
  const { rowCount } = await client.query(
    `insert into object_deletions (object_key, organization_id, is_orphan)
     select object_key, $1, true from unnest($2::text[]) as orphan (object_key)
     on conflict (object_key) do nothing`,
    [organizationId, objectKeys],
  );
  return rowCount ?? 0;
}
