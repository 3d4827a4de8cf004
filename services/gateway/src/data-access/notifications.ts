import { MOST_UNREAD_COUNTED, type NotificationOut } from '@rollcall/contracts';
import { encodeCursor, type Cursor } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';
import type { NotificationRow, Recipient } from '../feeds/notification-feed.js';

interface StoredNotification extends Cursor {
  readonly id: string;
  readonly user_id: string | null;
  readonly role_id: number | null;
  readonly type: string;
  readonly severity: NotificationOut['severity'];
  readonly subject: string;
  readonly payload: Record<string, unknown>;
  readonly event_id: string;
  readonly created_at: Date;
  readonly read_at: Date | null;
}

export interface NotificationFilter extends Recipient {
  readonly after: Cursor;
  readonly limit: number;
}

const COLUMNS = `n.epoch, n.xid, n.position, n.id, n.user_id, n.role_id, n.type, n.severity, n.subject, n.payload, n.event_id,
  n.created_at`;
/** To the person, or to everybody of their role or a lower one. */
const OWN = '(n.user_id = $1 or n.role_id >= $2)';
/** Like events in commit order: those of transactions that others may still precede are left for the next call. */
const READABLE = '(n.epoch < current_epoch() or n.xid < pg_snapshot_xmin(pg_current_snapshot()))';

/** Somebody's notifications after a place, oldest first. */
export async function readNotifications(client: ClientBase, filter: NotificationFilter): Promise<NotificationRow[]> {
  const { userId, roleId, after, limit } = filter;
  const { rows } = await client.query<StoredNotification>({
    name: 'read-notifications',
    text: `select ${COLUMNS}, r.read_at
           from notifications as n
           left join notification_reads as r on r.notification_id = n.id and r.user_id = $1
           where ${OWN} and (n.epoch, n.xid, n.position) > ($3::smallint, $4::text::xid8, $5::bigint) and ${READABLE}
           order by n.epoch, n.xid, n.position limit $6`,
    values: [userId, roleId, after.epoch, after.xid, after.position, limit],
  });
  return rows.map(toRow);
}

/** Everybody's notifications of the organization after a place, as unread: they have only just come. */
export async function readNotificationsOfAll(
  client: ClientBase,
  { after, limit }: { readonly after: Cursor; readonly limit: number },
): Promise<NotificationRow[]> {
  const { rows } = await client.query<StoredNotification>({
    name: 'read-notifications-of-all',
    text: `select ${COLUMNS}, null::timestamptz as read_at
           from notifications as n
           where (n.epoch, n.xid, n.position) > ($1::smallint, $2::text::xid8, $3::bigint) and ${READABLE}
           order by n.epoch, n.xid, n.position limit $4`,
    values: [after.epoch, after.xid, after.position, limit],
  });
  return rows.map(toRow);
}

/** Marks one of somebody's notifications; the first time stays. Undefined when it is not theirs. */
export async function markRead(
  client: ClientBase,
  { userId, roleId }: Recipient,
  notificationId: string,
): Promise<NotificationOut | undefined> {
  const { rows } = await client.query<StoredNotification>({
    name: 'mark-notification-read',
    text: `with own as (
             select n.* from notifications as n where n.id = $3 and ${OWN}
           ), marked as (
             insert into notification_reads (notification_id, organization_id, user_id)
             select id, organization_id, $1 from own
             on conflict do nothing
             returning read_at
           )
           select ${COLUMNS}, coalesce(marked.read_at, before.read_at, now()) as read_at
           from own as n left join marked on true
           left join notification_reads as before on before.notification_id = n.id and before.user_id = $1`,
    values: [userId, roleId, notificationId],
  });
  return rows[0] === undefined ? undefined : toRow(rows[0]).notification;
}

/** Marks somebody's notifications up to a place, that one included; answers how many were not marked before. */
export async function markAllRead(client: ClientBase, { userId, roleId }: Recipient, upTo: Cursor): Promise<number> {
  const { rowCount } = await client.query({
    name: 'mark-all-notifications-read',
    text: `insert into notification_reads (notification_id, organization_id, user_id)
           select n.id, n.organization_id, $1 from notifications as n
           where ${OWN} and (n.epoch, n.xid, n.position) <= ($3::smallint, $4::text::xid8, $5::bigint) and ${READABLE}
             and not exists (select from notification_reads as r where r.notification_id = n.id and r.user_id = $1)
           on conflict do nothing`,
    values: [userId, roleId, upTo.epoch, upTo.xid, upTo.position],
  });
  return rowCount ?? 0;
}

/** How many somebody has not read, counted up to `MOST_UNREAD_COUNTED`. */
export async function countUnread(client: ClientBase, { userId, roleId }: Recipient): Promise<number> {
  const { rows } = await client.query<{ unread: number }>({
    name: 'count-unread-notifications',
    text: `select count(*)::integer as unread from (
             select from notifications as n
             where ${OWN} and ${READABLE}
               and not exists (select from notification_reads as r where r.notification_id = n.id and r.user_id = $1)
             limit $3
           ) as first_unread`,
    values: [userId, roleId, MOST_UNREAD_COUNTED],
  });
  return rows[0]?.unread ?? 0;
}

function toRow(row: StoredNotification): NotificationRow {
  const key: Cursor = { epoch: row.epoch, xid: row.xid, position: row.position };
  return {
    key,
    userId: row.user_id,
    roleId: row.role_id,
    notification: {
      notification_id: row.id,
      type: row.type,
      severity: row.severity,
      subject: row.subject,
      payload: row.payload,
      event_id: row.event_id,
      created_at: row.created_at.toISOString(),
      read_at: row.read_at?.toISOString() ?? null,
      cursor: encodeCursor(key),
    },
  };
}
