import type { ClientBase } from '@rollcall/postgres';
import type { Notification } from '../domain/notification.js';

/** Writes the ones that are not there yet; answers how many were new. */
export async function insertNotifications(client: ClientBase, notifications: readonly Notification[]): Promise<number> {
  if (notifications.length === 0) return 0;
  const { rowCount } = await client.query({
    name: 'insert-notifications',
    text: `insert into notifications
             (epoch, id, organization_id, user_id, role_id, type, severity, subject, payload, event_id, created_at)
           select held.epoch, n.id, n.organization_id, n.user_id, n.role_id, n.type, n.severity, n.subject, n.payload,
                  n.event_id, n.created_at
           from hold_epoch() as held (epoch), jsonb_to_recordset($1::jsonb) as n
             (id uuid, organization_id uuid, user_id uuid, role_id smallint, type text, severity text, subject text,
              payload jsonb, event_id uuid, created_at timestamptz)
           on conflict (id) do nothing`,
    values: [JSON.stringify(notifications.map(toRow))],
  });
  return rowCount ?? 0;
}

function toRow(notification: Notification): object {
  return {
    id: notification.id,
    organization_id: notification.organizationId,
    user_id: notification.recipient.userId,
    role_id: notification.recipient.roleId,
    type: notification.type,
    severity: notification.severity,
    subject: notification.subject,
    payload: notification.payload,
    event_id: notification.eventId,
    created_at: notification.createdAt,
  };
}
