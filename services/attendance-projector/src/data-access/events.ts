import { INSTALLATION_ID, type EventType } from '@rollcall/contracts';
import type { Cursor } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';

type Reader = Pick<ClientBase, 'query'>;

/**
 * Events e of organization o behind checkpoint c. The organization as a range, and sorted by, leaves Postgres the index that
 * begins with it alone: by any other it would look through everybody's events for one who has none. The last condition
 * says again what the first says, in words by which it passes over the partitions before the checkpoint.
 */
const AFTER_CHECKPOINT = `(e.organization_id, e.epoch, e.xid, e.position)
                 > (o.organization_id, coalesce(c.epoch, 0::smallint), coalesce(c.xid, '0'::xid8), coalesce(c.position, 0))
               and e.organization_id <= o.organization_id
               and (e.epoch > coalesce(c.epoch, 0::smallint)
                 or e.epoch = coalesce(c.epoch, 0::smallint) and e.xid >= coalesce(c.xid, '0'::xid8))`;

/** The organizations (and the installation) that have events of these types, or archived ones, after their checkpoint. */
export async function findOrganizationsBehind(
  client: Reader,
  projection: string,
  types: readonly EventType[],
): Promise<string[]> {
  const { rows } = await client.query<{ organization_id: string }>({
    name: 'find-organizations-behind',
    text: `select o.organization_id
           from (select id as organization_id from organizations union all select $3::uuid) o
           left join projection_checkpoints c on c.projection = $1 and c.organization_id = o.organization_id
           cross join lateral (
             select from events e
             where ${AFTER_CHECKPOINT} and e.type = any($2::text[])
             order by e.organization_id, e.epoch, e.xid, e.position
             limit 1
           ) next
           union
           select a.organization_id from event_archive_ends a
           left join projection_checkpoints c on c.projection = $1 and c.organization_id = a.organization_id
           where c.epoch is null or (a.epoch, a.xid, a.position) > (c.epoch, c.xid, c.position)`,
    values: [projection, types, INSTALLATION_ID],
  });
  return rows.map((row) => row.organization_id);
}

/** What is new in the whole log: whose, how far it could be looked at, and whether something waits beyond that. */
export interface NewsOfLog {
  readonly organizationIds: ReadonlySet<string>;
  readonly next: Cursor;
  /** Committed events that cannot be read yet because an older transaction still runs: look again soon. */
  readonly waiting: boolean;
  /** Frames wait in the queue or are being looked at: more events are about to come. */
  readonly framesUnderWay: boolean;
  readonly full: boolean;
}

/**
 * Looks at the log after a cursor, over all organizations, up to `limit` events: costs what is new, not what there is.
 */
export async function lookForNews(
  client: Reader,
  after: Cursor,
  types: ReadonlySet<string>,
  limit: number,
): Promise<NewsOfLog> {
  const { rows } = await client.query<NewsRow>({
    name: 'look-for-news',
    text: `select e.organization_id, e.type, e.epoch, e.xid::text, e.position::text,
                  e.epoch = (select max(epoch) from log_identity)
                    and e.xid >= pg_snapshot_xmin(pg_current_snapshot()) as waiting,
                  exists (select from recognition_requests where status = 'queued')
                    or exists (select from recognition_requests where status = 'processing') as under_way
           from events e
           where (e.epoch, e.xid, e.position) > ($1::smallint, $2::text::xid8, $3::bigint)
             and (e.epoch > $1::smallint or e.epoch = $1::smallint and e.xid >= $2::text::xid8)
           order by e.epoch, e.xid, e.position
           limit $4`,
    values: [after.epoch, after.xid, after.position, limit],
  });
  const firstWaiting = rows.findIndex(({ waiting }) => waiting);
  const readable = firstWaiting === -1 ? rows : rows.slice(0, firstWaiting);
  const last = readable.at(-1);
  return {
    organizationIds: new Set(readable.filter(({ type }) => types.has(type)).map((row) => row.organization_id)),
    next: last === undefined ? after : { epoch: last.epoch, xid: last.xid, position: last.position },
    waiting: firstWaiting !== -1,
    framesUnderWay: rows[0]?.under_way === true,
    full: rows.length === limit,
  };
}

interface NewsRow extends Cursor {
  readonly organization_id: string;
  readonly type: string;
  readonly waiting: boolean;
  readonly under_way: boolean;
}

/** How far a projection is behind. */
export interface ProjectionLag {
  readonly organizationsBehind: number;
  /** Organizations that stand still before an event that cannot be projected. */
  readonly organizationsStopped: number;
  /** Events not projected yet; counted up to 1,000 an organization. */
  readonly eventsBehind: number;
  /**
   * Since when the oldest of them waits: when it was recorded. An organization whose log is projected again has all of it
   * ahead: there it is since when nothing has moved. One that stands still before an event has an alarm of its own.
   */
  readonly oldestRecordedAt: Date | null;
}

/** Also counts what cannot be read yet, so that a stalled horizon shows as lag. */
export async function measureLag(
  client: Reader,
  projection: string,
  types: readonly EventType[],
): Promise<ProjectionLag> {
  const { rows } = await client.query<{ organizations: number; stopped: number; events: number; oldest: Date | null }>({
    name: 'measure-lag',
    text: `select count(*) filter (where behind.events > 0)::int as organizations,
                  count(s.event_id)::int as stopped,
                  coalesce(sum(behind.events), 0)::int as events,
                  min(case when s.event_id is not null then null
                           when r.organization_id is null or behind.oldest is null then behind.oldest
                           else greatest(behind.oldest, r.moved_at, c.updated_at) end) as oldest
           from (select id as organization_id from organizations union all select $3::uuid) o
           left join projection_checkpoints c on c.projection = $1 and c.organization_id = o.organization_id
           left join projection_replays r on r.projection = $1 and r.organization_id = o.organization_id
           left join projection_stops s on s.projection = $1 and s.organization_id = o.organization_id
             and (s.epoch, s.xid, s.position)
               > (coalesce(c.epoch, 0::smallint), coalesce(c.xid, '0'::xid8), coalesce(c.position, 0))
           cross join lateral (
             select count(*) as events, min(recorded_at) as oldest from (
               select e.recorded_at from events e
               where ${AFTER_CHECKPOINT} and e.type = any($2::text[])
               order by e.organization_id, e.epoch, e.xid, e.position
               limit 1000
             ) first_events
           ) behind`,
    values: [projection, types, INSTALLATION_ID],
  });
  const row = rows[0];
  return {
    organizationsBehind: row?.organizations ?? 0,
    organizationsStopped: row?.stopped ?? 0,
    eventsBehind: row?.events ?? 0,
    oldestRecordedAt: row?.oldest ?? null,
  };
}
