import type { StoredEvent } from '@rollcall/contracts';
import type { Cursor } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';

/** Where a projection stands, and what it has to know to go on from there. */
export interface ProjectionPosition {
  readonly checkpoint: Cursor | null;
  /** Events an admin had passed over. */
  readonly skipped: ReadonlySet<string>;
  /** The event before which it stood still when it was looked at last. */
  readonly stop: (Cursor & { readonly eventId: string }) | null;
}

interface PositionRow {
  readonly checkpoint: Cursor | null;
  readonly skipped: readonly string[];
  readonly stop: ProjectionPosition['stop'];
}

/** All of it in one look: what was skipped before the checkpoint was set back is seen with it. */
export async function loadPosition(
  client: Pick<ClientBase, 'query'>,
  projection: string,
  organizationId: string,
): Promise<ProjectionPosition> {
  const { rows } = await client.query<PositionRow>({
    name: 'load-projection-position',
    text: `select
             (select jsonb_build_object('epoch', epoch, 'xid', xid::text, 'position', position::text)
              from projection_checkpoints where projection = $1 and organization_id = $2) as checkpoint,
             (select jsonb_build_object('epoch', epoch, 'xid', xid::text, 'position', position::text, 'eventId', event_id)
              from projection_stops where projection = $1 and organization_id = $2) as stop,
             array(select event_id::text from projection_skips where projection = $1 and organization_id = $2) as skipped`,
    values: [projection, organizationId],
  });
  const row = rows[0];
  return { checkpoint: row?.checkpoint ?? null, stop: row?.stop ?? null, skipped: new Set(row?.skipped ?? []) };
}

/**
 * Notes that a projection stands still before an event. `elsewhere`: its checkpoint does not stand there, somebody has
 * moved on; `known`: it is noted already.
 */
export async function insertStop(
  client: ClientBase,
  projection: string,
  { organizationId, id, type, epoch, xid, position }: StoredEvent,
  from: Cursor | null,
  reason: string,
): Promise<'noted' | 'known' | 'elsewhere'> {
  const { rows } = await client.query<{ here: boolean }>(
    `select (epoch, xid, position) = ($3::smallint, $4::text::xid8, $5::bigint) as here
     from projection_checkpoints where projection = $1 and organization_id = $2 for update`,
    [projection, organizationId, from?.epoch ?? null, from?.xid ?? null, from?.position ?? null],
  );
  const here = rows.length === 0 ? from === null : rows[0]?.here === true;
  if (!here) return 'elsewhere';
  const { rowCount } = await client.query(
    `insert into projection_stops as stop
       (projection, organization_id, event_id, event_type, epoch, xid, position, from_epoch, from_xid, from_position, reason)
     values ($1, $2, $3, $4, $5, $6::text::xid8, $7, $8, $9::text::xid8, $10, $11)
     on conflict (projection, organization_id) do update
       set event_id = excluded.event_id, event_type = excluded.event_type, epoch = excluded.epoch, xid = excluded.xid,
           position = excluded.position, from_epoch = excluded.from_epoch, from_xid = excluded.from_xid,
           from_position = excluded.from_position, reason = excluded.reason, stopped_at = now()
       where stop.event_id <> excluded.event_id`,
    [
      ...[projection, organizationId, id, type, epoch, xid, position],
      ...[from?.epoch ?? null, from?.xid ?? null, from?.position ?? null, reason],
    ],
  );
  return rowCount === 1 ? 'noted' : 'known';
}

/** Forgets that a projection stood still before an event. */
export async function deleteStop(
  client: Pick<ClientBase, 'query'>,
  projection: string,
  organizationId: string,
  eventId?: string,
): Promise<void> {
  await client.query(
    `delete from projection_stops
     where projection = $1 and organization_id = $2 and event_id = coalesce($3::uuid, event_id)`,
    [projection, organizationId, eventId ?? null],
  );
}
