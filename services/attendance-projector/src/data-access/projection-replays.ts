import { INSTALLATION_ID, type EventType } from '@rollcall/contracts';
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

/** How long organizations have waited for what there is to project. */
export interface WaitingTime {
  /** Seconds; null when nothing waits. */
  readonly longestSeconds: number | null;
}

/**
 * How long the oldest event has not been projected, over all organizations. One whose log is projected again has all its
 * events ahead of it: there it is how long nothing has moved.
 */
export async function measureWaiting(
  client: Pick<ClientBase, 'query'>,
  projection: string,
  types: readonly EventType[],
): Promise<WaitingTime> {
  const { rows } = await client.query<{ seconds: number | null }>({
    name: 'measure-waiting',
    text: `select extract(epoch from max(now() - case
                    when r.organization_id is null then waiting.oldest
                    else greatest(waiting.oldest, r.moved_at, c.updated_at)
                  end))::float8 as seconds
           from (select id as organization_id from organizations union all select $3::uuid) o
           left join projection_checkpoints c on c.projection = $1 and c.organization_id = o.organization_id
           left join projection_replays r on r.projection = $1 and r.organization_id = o.organization_id
           cross join lateral (
             select e.recorded_at as oldest from events e
             where e.organization_id = o.organization_id and e.type = any($2::text[])
               and (e.epoch, e.xid, e.position)
                 > (coalesce(c.epoch, 0::smallint), coalesce(c.xid, '0'::xid8), coalesce(c.position, 0))
             order by e.epoch, e.xid, e.position
             limit 1
           ) waiting`,
    values: [projection, types, INSTALLATION_ID],
  });
  return { longestSeconds: rows[0]?.seconds ?? null };
}
