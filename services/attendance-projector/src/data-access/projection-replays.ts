import type { EventType } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

/** Says that an organization's log is projected again from now on. */
export async function beginReplay(client: ClientBase, projection: string, organizationId: string): Promise<void> {
  await client.query(
    `insert into projection_replays (projection, organization_id) values ($1, $2)
     on conflict (projection, organization_id) do update set began_at = now(), moved_at = now()`,
    [projection, organizationId],
  );
}

/** Says that its former rows are gone and its events come next. */
export async function touchReplay(client: ClientBase, projection: string, organizationId: string): Promise<void> {
  await client.query('update projection_replays set moved_at = now() where projection = $1 and organization_id = $2', [
    projection,
    organizationId,
  ]);
}

/**
 * Ends the replays of organizations that have caught up: all is projected but what came within the last few seconds.
 * Answers how many there were.
 */
export async function endReplays(
  client: Pick<ClientBase, 'query'>,
  projection: string,
  types: readonly EventType[],
  youngSeconds: number,
): Promise<number> {
  const { rowCount } = await client.query(
    `delete from projection_replays r using projection_checkpoints c
     where r.projection = $1 and c.projection = $1 and c.organization_id = r.organization_id
       and c.epoch <= (select max(epoch) from log_identity)
       and not exists (
         select from events e
         where e.organization_id = r.organization_id and e.type = any($2::text[])
           and (e.epoch, e.xid, e.position) > (c.epoch, c.xid, c.position)
           and e.recorded_at < now() - $3 * interval '1 second'
       )`,
    [projection, types, youngSeconds],
  );
  return rowCount ?? 0;
}
