import type { Cursor } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';

/** A place behind every event there will ever be: a projection that stands here has nothing to do. */
const PARKED: Cursor = { epoch: 32_767, xid: '9223372036854775807', position: '9223372036854775807' };

/**
 * Takes a projection to a place where no projector finds anything to do; answers where it stood, null when it had not
 * begun or was parked before. A batch that is being written is waited for; one that comes later fails its compare-and-set.
 */
export async function parkCheckpoint(
  client: ClientBase,
  projection: string,
  organizationId: string,
): Promise<Cursor | null> {
  const key = [projection, organizationId];
  const stood = await client.query<Cursor>(
    `select epoch, xid::text, position::text from projection_checkpoints
     where projection = $1 and organization_id = $2 and epoch <> ${String(PARKED.epoch)} for update`,
    key,
  );
  await client.query(
    `insert into projection_checkpoints (projection, organization_id, epoch, xid, position)
     values ($1, $2, $3, $4::text::xid8, $5)
     on conflict (projection, organization_id) do update
       set epoch = excluded.epoch, xid = excluded.xid, position = excluded.position, updated_at = now()`,
    [...key, PARKED.epoch, PARKED.xid, PARKED.position],
  );
  return stood.rows[0] ?? null;
}

/** Keeps a projection where it stands until the transaction ends: a batch that is being written is waited for. */
export async function lockCheckpoint(client: ClientBase, projection: string, organizationId: string): Promise<void> {
  await client.query('select from projection_checkpoints where projection = $1 and organization_id = $2 for update', [
    projection,
    organizationId,
  ]);
}

/** Whether a checkpoint is one that a replay has parked. */
export function isParked(checkpoint: Cursor): boolean {
  return checkpoint.epoch === PARKED.epoch;
}

/** Has a parked projection begin anew. */
export async function releaseCheckpoint(client: ClientBase, projection: string, organizationId: string): Promise<void> {
  await client.query(
    `delete from projection_checkpoints where projection = $1 and organization_id = $2 and epoch = ${String(PARKED.epoch)}`,
    [projection, organizationId],
  );
}

/** Says that a replay is still at work on a parked projection. */
export async function touchCheckpoint(client: ClientBase, projection: string, organizationId: string): Promise<void> {
  await client.query(
    'update projection_checkpoints set updated_at = now() where projection = $1 and organization_id = $2',
    [projection, organizationId],
  );
}

/** Organizations whose replay has not moved for so long. */
export async function findAbandoned(
  client: Pick<ClientBase, 'query'>,
  projection: string,
  silentSeconds: number,
): Promise<string[]> {
  const { rows } = await client.query<{ organization_id: string }>(
    `select organization_id from projection_checkpoints
     where projection = $1 and epoch = ${String(PARKED.epoch)} and updated_at < now() - $2 * interval '1 second'
     order by organization_id`,
    [projection, silentSeconds],
  );
  return rows.map((row) => row.organization_id);
}
