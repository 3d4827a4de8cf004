import type { NotificationOut } from '@rollcall/contracts';
import { encodeCursor, startCursor, type Cursor } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';

interface NotificationRow extends Cursor {
  readonly id: string;
  readonly type: string;
  readonly severity: NotificationOut['severity'];
  readonly subject: string;
  readonly payload: Record<string, unknown>;
  readonly event_id: string;
  readonly created_at: Date;
  readonly read_at: Date | null;
}

export interface NotificationFilter {
  readonly userId: string;
  readonly roleId: number;
  readonly after: Cursor | null;
  readonly limit: number;
}

/**
 * Notifications to a person or to everybody of their role or a lower one, oldest first. Like events they are read in
 * commit order: those of transactions that others may still precede are left for the next call.
 */
export async function readNotifications(
  client: ClientBase,
  filter: NotificationFilter,
): Promise<{ rows: NotificationOut[]; next: Cursor }> {
  const after = filter.after ?? startCursor;
  const { rows } = await client.query<NotificationRow>({
    name: 'read-notifications',
    text: `select n.epoch, n.xid, n.position, n.id, n.type, n.severity, n.subject, n.payload, n.event_id, n.created_at, r.read_at
           from notifications as n
           left join notification_reads as r on r.notification_id = n.id and r.user_id = $1
           where (n.user_id = $1 or n.role_id >= $2)
             and (n.epoch, n.xid, n.position) > ($3::smallint, $4::text::xid8, $5::bigint)
             and (n.epoch < current_epoch() or n.xid < pg_snapshot_xmin(pg_current_snapshot()))
           order by n.epoch, n.xid, n.position limit $6`,
    values: [filter.userId, filter.roleId, after.epoch, after.xid, after.position, filter.limit],
  });
  const last = rows.at(-1);
  const next = last === undefined ? after : { epoch: last.epoch, xid: last.xid, position: last.position };
  return { rows: rows.map(toNotificationOut), next };
}

function toNotificationOut(row: NotificationRow): NotificationOut {
  return {
    notification_id: row.id,
    type: row.type,
    severity: row.severity,
    subject: row.subject,
    payload: row.payload,
    event_id: row.event_id,
    created_at: row.created_at.toISOString(),
    read_at: row.read_at?.toISOString() ?? null,
    cursor: encodeCursor(row),
  };
}
