import { roleIdOf, type StoredEvent } from '@rollcall/contracts';
import { notificationId } from './deterministic-ids.js';
import type { Notification, Recipient } from './notification.js';
import { slotCause } from './quiet-slot.js';

const operators: Recipient = { userId: null, roleId: roleIdOf('OPERATOR') };

/** What operators should know of one event. Told again, it is the same notification: its id says what it is about. */
export function notificationsFor(event: StoredEvent): Notification[] {
  switch (event.type) {
    case 'recognition.completed':
      return event.payload.synthetic ? [] : sightingsToLookAt(event);
    case 'registration.rejected':
      return [tellOperators(event, 'registration.rejected', event.id, event.payload)];
    case 'registration.failed':
      return [tellOperators(event, 'registration.failed', event.id, event.payload)];
    default:
      return [];
  }
}

function sightingsToLookAt(event: StoredEvent<'recognition.completed'>): Notification[] {
  const { source_id, recognition_id, faces } = event.payload;
  const cause = slotCause(source_id, new Date(event.payload.captured_at));
  const subject = `sources/${source_id}`;
  const told: Notification[] = [];
  const unknown = faces.find((face) => face.decision === 'unknown');
  if (unknown !== undefined) {
    const payload = { source_id, recognition_id, recognized_face_id: unknown.recognized_face_id };
    told.push({ ...tellOperators(event, 'attendance.unknown_face_seen', cause, payload), subject });
  }
  const review = faces.find((face) => face.decision === 'review');
  if (review !== undefined) {
    const { recognized_face_id, review_id = null } = review;
    const payload = { source_id, recognition_id, recognized_face_id, review_id };
    told.push({ ...tellOperators(event, 'review.waiting', cause, payload), subject });
  }
  return told;
}

function tellOperators(
  event: StoredEvent,
  type: string,
  cause: string,
  payload: Notification['payload'],
): Notification {
  return {
    id: notificationId(cause, type),
    organizationId: event.organizationId,
    recipient: operators,
    type,
    severity: 'warning',
    subject: event.subject,
    payload,
    eventId: event.id,
    createdAt: event.recordedAt,
  };
}
