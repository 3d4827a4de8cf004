import type { NewEvent, StoredEvent } from '@rollcall/contracts';
import { notificationId } from './deterministic-ids.js';
import type { Notification } from './notification.js';

/** Tells a person of their own check-in. */
export function notifyCheckIn(checkedIn: NewEvent<'attendance.checked_in'>, source: StoredEvent): Notification {
  const { user_id, record_id, work_date, at, source_id } = checkedIn.payload;
  return {
    id: notificationId(checkedIn.id, checkedIn.type),
    organizationId: checkedIn.organizationId,
    recipient: { userId: user_id, roleId: null },
    type: checkedIn.type,
    severity: 'info',
    subject: checkedIn.subject,
    payload: { record_id, work_date, at, source_id },
    eventId: checkedIn.id,
    createdAt: source.recordedAt,
  };
}
