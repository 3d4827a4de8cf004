import type { ClientBase } from 'pg';
import type { Cursor } from './cursor.js';

export interface CheckpointKey {
  readonly projection: string;
  readonly organizationId: string;
}

/**
 * `advanced`: moved from `from` to `to`. `conflict`: it did not stand at `from`, somebody else works here; nothing was
 * changed, roll back.
 */
export type CheckpointOutcome = 'advanced' | 'conflict';

/** How far a projection has come; null before its first event. */
export async function loadCheckpoint(
  client: Pick<ClientBase, 'query'>,
  { projection, organizationId }: CheckpointKey,
): Promise<Cursor | null> {
  const sql = `select epoch, xid, position from projection_checkpoints where projection = $1 and organization_id = $2`;
  const { rows } = await client.query<Cursor>(sql, [projection, organizationId]);
  return rows[0] ?? null;
}

/**
 * Compare-and-set in the transaction of the projection's effects: effects and checkpoint are stored together or not at
 * all. A second projector waits here for the first one's commit and then gets `conflict`.
 */
export async function advanceCheckpoint(
  client: ClientBase,
  { projection, organizationId, from, to }: CheckpointKey & { readonly from: Cursor | null; readonly to: Cursor },
): Promise<CheckpointOutcome> {
  const key = [projection, organizationId, to.epoch, to.xid, to.position];
  const { rowCount } =
    from === null
      ? await client.query(
          `insert into projection_checkpoints (projection, organization_id, epoch, xid, position)
           values ($1, $2, $3, $4::text::xid8, $5) on conflict do nothing`,
          key,
        )
      : await client.query(
          `update projection_checkpoints set epoch = $3, xid = $4::text::xid8, position = $5, updated_at = now()
           where projection = $1 and organization_id = $2 and epoch = $6 and xid = $7::text::xid8 and position = $8`,
          [...key, from.epoch, from.xid, from.position],
        );
  return rowCount === 1 ? 'advanced' : 'conflict';
}
