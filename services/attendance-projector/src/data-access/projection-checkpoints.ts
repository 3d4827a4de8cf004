import type { Cursor } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';

/** Takes a projection back to the beginning; answers where it stood, null when it had not begun. Locks out its projector. */
export async function removeCheckpoint(
  client: ClientBase,
  projection: string,
  organizationId: string,
): Promise<Cursor | null> {
  const { rows } = await client.query<Cursor>(
    `delete from projection_checkpoints where projection = $1 and organization_id = $2
     returning epoch, xid::text, position::text`,
    [projection, organizationId],
  );
  return rows[0] ?? null;
}
