import type { NotificationOut } from '@rollcall/contracts';
import { encodeCursor, type Cursor } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';
import type { NotificationRow, Recipient } from '../feeds/notification-feed.js';
import { moveMarks, READABLE } from './notification-marks.js';

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
/** When person $1 read it: itself, or by the first mark that covers it. */
const READ_AT = `coalesce(
  (select r.read_at from notification_reads as r where r.notification_id = n.id and r.user_id = $1),
  (select m.read_at from notification_marks as m
   where m.user_id = $1 and m.audience = coalesce(n.role_id, 0) and (m.epoch, m.xid, m.position) >= (n.epoch, n.xid, n.position)
   order by m.epoch, m.xid, m.position limit 1)) as read_at`;

/** Somebody's notifications after a place, oldest first. */
export async function readNotifications(client: ClientBase, filter: NotificationFilter): Promise<NotificationRow[]> {
  const { userId, roleId, after, limit } = filter;
  const { rows } = await client.query<StoredNotification>({
    name: 'read-notifications',
    text: `select ${COLUMNS}, ${READ_AT}
           from notifications as n
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
  const to = { userId, roleId };
  const stored = await findOwn(client, to, notificationId);
  if (stored?.read_at !== null) return stored && toRow(stored).notification;
  await client.query({
    name: 'mark-notification-read',
    text: `insert into notification_reads (notification_id, organization_id, user_id)
           values ($1, current_organization_id(), $2) on conflict do nothing`,
    values: [notificationId, userId],
  });
  await moveMarks(client, to);
  const read = await findOwn(client, to, notificationId);
  return read && toRow(read).notification;
}

async function findOwn(
  client: ClientBase,
  { userId, roleId }: Recipient,
  notificationId: string,
): Promise<StoredNotification | undefined> {
  const { rows } = await client.query<StoredNotification>({
    name: 'find-own-notification',
    text: `select ${COLUMNS}, ${READ_AT} from notifications as n where n.id = $3 and ${OWN}`,
    values: [userId, roleId, notificationId],
  });
  return rows[0];
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
