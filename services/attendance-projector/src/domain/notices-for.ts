import type { NotificationKind, StoredEvent } from '@rollcall/contracts';
import { notificationId } from './deterministic-ids.js';
import { slotCause } from './quiet-slot.js';
import type { Notice } from './route-notification.js';

/** What there is to tell of one event. Told again, it is the same notice: its id says what it is about. */
export function noticesFor(event: StoredEvent): Notice[] {
  switch (event.type) {
    case 'recognition.completed':
      return event.payload.synthetic ? [] : sightingsToLookAt(event);
    case 'registration.rejected':
    case 'registration.failed':
    case 'device.silent':
      return [noticeOf(event, event.type, event.id, event.payload)];
    case 'system.unhealthy':
    case 'event_log.stalled':
      return [{ ...noticeOf(event, event.type, event.id, event.payload), severity: 'critical' }];
    case 'ledger.gap_opened':
      return [{ ...noticeOf(event, event.type, event.id, event.payload), severity: 'critical' }];
    case 'event_log.resumed':
    case 'ledger.gap_closed':
      return [{ ...noticeOf(event, event.type, event.id, event.payload), severity: 'info' }];
    default:
      return [];
  }
}

function sightingsToLookAt(event: StoredEvent<'recognition.completed'>): Notice[] {
  const { source_id, recognition_id, faces } = event.payload;
  const cause = slotCause(source_id, new Date(event.payload.captured_at));
  const subject = `sources/${source_id}`;
  const told: Notice[] = [];
  const unknown = faces.find((face) => face.decision === 'unknown');
  if (unknown !== undefined) {
    const payload = { source_id, recognition_id, recognized_face_id: unknown.recognized_face_id };
    told.push({ ...noticeOf(event, 'attendance.unknown_face_seen', cause, payload), subject });
  }
  const review = faces.find((face) => face.decision === 'review');
  if (review !== undefined) {
    const { recognized_face_id, review_id = null } = review;
    const payload = { source_id, recognition_id, recognized_face_id, review_id };
    told.push({ ...noticeOf(event, 'review.waiting', cause, payload), subject });
  }
  return told;
}

function noticeOf(event: StoredEvent, type: NotificationKind, cause: string, payload: Notice['payload']): Notice {
  return {
    id: notificationId(cause, type),
    organizationId: event.organizationId,
    person: null,
    type,
    severity: 'warning',
    subject: event.subject,
    payload,
    eventId: event.id,
    createdAt: event.recordedAt,
  };
}
