import { MOST_UNREAD_COUNTED } from '@rollcall/contracts';
import type { Cursor } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';
import type { Recipient } from '../feeds/notification-feed.js';

/**
 * What somebody has read: everything up to their last mark, and singly what is in notification_reads. There is a mark for each
 * audience, those who are told: the person alone (0), and each role that they are told with. So what is unread is looked
 * for behind the marks, and history costs nothing.
 */

const KEY = 'n.epoch, n.xid, n.position';
/** Like events in commit order: before a place in these, nothing can appear any more. */
export const READABLE = '(n.epoch < current_epoch() or n.xid < pg_snapshot_xmin(pg_current_snapshot()))';
/** A look-up for each row, whatever the planner thinks: all that somebody ever read would be gone through otherwise. */
const UNREAD =
  '(select r.read_at from notification_reads as r where r.notification_id = n.id and r.user_id = $1) is null';
const BEHIND_MARK = `(${KEY}) > (a.epoch, a.xid, a.position)`;

/**
 * The audiences of person $1 with role $2, each with where it is read up to. Materialized: under row-level security an index is
 * searched by plain columns of another relation, not by expressions over them.
 */
const AUDIENCES = `audience as materialized (
  select of.id, coalesce(m.epoch, 0::smallint) as epoch, coalesce(m.xid, '0'::xid8) as xid, coalesce(m.position, 0) as position
  from (select 0::smallint as id union all select id from roles where id >= $2) as of
  left join lateral (
    select m.epoch, m.xid, m.position from notification_marks as m where m.user_id = $1 and m.audience = of.id
    order by m.epoch desc, m.xid desc, m.position desc limit 1
  ) as m on true)`;

/** Notifications n to the audience a, each kind by its own index. */
function toAudience(columns: string, rest: string): string {
  return `(select ${columns} from notifications as n where a.id = 0 and n.user_id = $1 and ${rest})
    union all (select ${columns} from notifications as n where a.id > 0 and n.role_id = a.id and ${rest})`;
}

/** How many somebody has not read, counted up to `MOST_UNREAD_COUNTED`. */
export async function countUnread(client: ClientBase, { userId, roleId }: Recipient): Promise<number> {
  const unread = toAudience('n.id', `${BEHIND_MARK} and ${READABLE} and ${UNREAD} order by ${KEY} limit $3`);
  const { rows } = await client.query<{ unread: number }>({
    name: 'count-unread-notifications',
    text: `with ${AUDIENCES}
           select count(*)::integer as unread from (
             select from audience as a cross join lateral (${unread}) as n limit $3
           ) as first_unread`,
    values: [userId, roleId, MOST_UNREAD_COUNTED],
  });
  return rows[0]?.unread ?? 0;
}

/** Marks somebody's notifications up to a place, that one included; answers how many were not marked before. */
export async function markAllRead(client: ClientBase, { userId, roleId }: Recipient, upTo: Cursor): Promise<number> {
  // One after the other: of two calls at once, what both cover is marked by one.
  await client.query(`select pg_advisory_xact_lock(hashtextextended('notification marks of ' || $1::text, 0))`, [
    userId,
  ]);
  const upToPlace = `(${KEY}) <= ($3::smallint, $4::text::xid8, $5::bigint) and ${READABLE}`;
  const unread = toAudience('n.id', `${BEHIND_MARK} and ${upToPlace} and ${UNREAD} order by ${KEY}`);
  const { rows } = await client.query<{ marked: number }>({
    name: 'mark-all-notifications-read',
    text: `with ${AUDIENCES}, marked as (
             -- At the organization's last there is, not at the place that was named: what may still come before that is not
             -- read. The same for every audience, also one that was told nothing yet: it is not looked through from its beginning.
             insert into notification_marks (organization_id, user_id, audience, epoch, xid, position)
             select current_organization_id(), $1, a.id, n.epoch, n.xid, n.position
             from audience as a cross join (
               select ${KEY} from notifications as n where ${upToPlace} order by n.epoch desc, n.xid desc, n.position desc limit 1
             ) as n
             where ${BEHIND_MARK}
             on conflict do nothing
           )
           select count(*)::integer as marked from audience as a cross join lateral (${unread}) as n`,
    values: [userId, roleId, upTo.epoch, upTo.xid, upTo.position],
  });
  return rows[0]?.marked ?? 0;
}

/**
 * Moves somebody's marks over what was read singly, each up to before the first that was not: who reads one after the other
 * has few single marks to be looked through.
 */
export async function moveMarks(client: ClientBase, { userId, roleId }: Recipient): Promise<void> {
  const firstUnread = toAudience(KEY, `${BEHIND_MARK} and ${READABLE} and ${UNREAD} order by ${KEY} limit 1`);
  await client.query({
    name: 'move-notification-marks',
    text: `with ${AUDIENCES}, unread as materialized (
             select a.*, coalesce(first.epoch, 32767::smallint) as to_epoch, coalesce(first.xid, '0'::xid8) as to_xid,
               coalesce(first.position, 0) as to_position
             from audience as a left join lateral (${firstUnread}) as first on true
           )
           insert into notification_marks (organization_id, user_id, audience, epoch, xid, position)
           select current_organization_id(), $1, a.id, n.epoch, n.xid, n.position
           from unread as a cross join lateral (
             select ${KEY} from notifications as n
             where ${READABLE} and (${KEY}) < (a.to_epoch, a.to_xid, a.to_position)
             order by n.epoch desc, n.xid desc, n.position desc limit 1
           ) as n
           where ${BEHIND_MARK}
           on conflict do nothing`,
    values: [userId, roleId],
  });
}
