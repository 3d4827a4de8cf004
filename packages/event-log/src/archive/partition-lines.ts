import type { ClientBase } from 'pg';
import type { Cursor } from '../cursor.js';
import type { PartitionBound } from './archive-manifest.js';

export interface EventLine extends Cursor {
  readonly organization_id: string;
  readonly recorded_at: Date;
  /** The whole event as JSON, made by Postgres: nothing is rounded on the way. */
  readonly line: string;
}

const PAGE = 5_000;

const utc = (column: string): string => `to_char(e.${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const SQL = `
  select e.epoch, e.xid::text, e.position::text, e.organization_id, e.recorded_at,
    json_build_object('epoch', e.epoch, 'xid', e.xid::text, 'position', e.position::text, 'organization_id', e.organization_id,
      'id', e.id, 'type', e.type, 'version', e.version, 'subject', e.subject, 'actor', e.actor,
      'correlation_id', e.correlation_id, 'causation_id', e.causation_id, 'payload', e.payload,
      'occurred_at', ${utc('occurred_at')}, 'recorded_at', ${utc('recorded_at')})::text as line
  from events e
  where e.epoch between $1::smallint and $3::smallint
    and (e.epoch, e.xid) >= ($1::smallint, $2::text::xid8) and (e.epoch, e.xid) < ($3::smallint, $4::text::xid8)
    and (e.epoch, e.xid, e.position) > ($5::smallint, $6::text::xid8, $7::bigint)
  order by e.epoch, e.xid, e.position limit ${String(PAGE)}`;

/** The events of a partition nobody writes to any more, in their order; a short query a page. */
export async function* readPartitionLines(
  client: Pick<ClientBase, 'query'>,
  { from, to }: { readonly from: PartitionBound; readonly to: PartitionBound },
): AsyncGenerator<EventLine> {
  let after: Cursor = { epoch: from.epoch, xid: from.xid, position: '-1' };
  for (;;) {
    const values = [from.epoch, from.xid, to.epoch, to.xid, after.epoch, after.xid, after.position];
    const { rows } = await client.query<EventLine>({ name: 'read-partition-lines', text: SQL, values });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = { epoch: last.epoch, xid: last.xid, position: last.position };
  }
}
