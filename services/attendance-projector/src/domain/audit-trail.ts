import type { EventType, StoredEvent } from '@rollcall/contracts';
import type { AuditEntry, JsonObject } from '@rollcall/audit-trail';
import { auditLogId } from './deterministic-ids.js';

/**
 * What somebody did goes into the trail; what a camera saw does not: a frame has its own rows, and a busy door would
 * bury the few lines an admin looks for. A frame that changes a record is in the trail through that change, and one that a
 * person sent, who says when and where it was taken, through a line of its own (`frame.submitted`).
 */
export const auditedTypes = [
  'organization.created',
  'user.created',
  'user.updated',
  'user.deleted',
  'users.imported',
  'image.uploaded',
  'system_config.changed',
  'notification_rules.changed',
  'session.started',
  'session.refused',
  'session.refreshed',
  'session.refresh_refused',
  'session.ended',
  'password.changed',
  'password.change_refused',
  'device.created',
  'device.updated',
  'device.deleted',
  'device.key_rotated',
  'source.discovered',
  'frame.submitted',
  'evidence.viewed',
  'registration.requested',
  'registration.rejected',
  'registration.failed',
  'face.registered',
  'face.deleted',
  'review.confirmed',
  'review.rejected',
  'review.rejection_forgotten',
  'review.viewed',
  'unknown_face.assigned',
  'unknown_face.dismissed',
  'attendance.record_changed',
  'attendance.record_removed',
  'attendance.corrected',
  'attendance.correction_withdrawn',
  'attendance.entry_refused',
  'attendance.exported',
  'attendance.punched',
  'attendance.check_in_refused',
  'pin.set',
  'pin.removed',
  'attendance_policy.applied',
  'organization.configured',
  'shift.changed',
  'holiday.changed',
  'shift_assignment.created',
  'shift_assignment.withdrawn',
  'leave.granted',
  'leave.withdrawn',
  'request.requeued',
  'request.discarded',
  'projection.stopped',
  'projection.event_skipped',
] as const satisfies readonly EventType[];

const audited: ReadonlySet<string> = new Set(auditedTypes);

export function isAudited(event: { readonly type: string }): boolean {
  return audited.has(event.type);
}

/** A line of the trail to be, and its erasable part. */
export interface AuditedChange {
  readonly entry: Omit<AuditEntry, 'detailDigest'>;
  /** `foreign`: in audit_details, if anywhere, written by whoever appended the event. Else written with the line; null: none. */
  readonly detail: JsonObject | 'foreign' | null;
}

/** The line for an event; its action is the event's type. */
export function auditedEvent(
  event: Pick<StoredEvent, 'id' | 'organizationId' | 'type' | 'actor' | 'subject' | 'occurredAt'>,
  detail: JsonObject | 'foreign' | null,
): AuditedChange {
  const { id: eventId, organizationId, type: action, actor, subject, occurredAt } = event;
  const id = auditLogId(eventId, action);
  return { entry: { id, organizationId, eventId, action, actor, subject, occurredAt }, detail };
}
