import { v5 as uuidV5 } from 'uuid';

/** Fixed for ever: another namespace would give every row of a replay another id. */
const NAMESPACE = '9d3c1f0a-5a2e-5c7b-8f41-6b1f0c2d7e55';

/** A face becomes one sighting at most, however often its event is read. */
export function attendanceLogId(recognizedFaceId: string): string {
  return uuidV5(`attendance-log/${recognizedFaceId}`, NAMESPACE);
}

/** One record a person and work date (YYYY-MM-DD); whatever shift it is measured against, it stays the same record. */
export function attendanceRecordId(organizationId: string, userId: string, workDate: string): string {
  return uuidV5(`attendance-record/${organizationId}/${userId}/${workDate}/-`, NAMESPACE);
}

/** One line of the trail an event and action. */
export function auditLogId(eventId: string, action: string): string {
  return uuidV5(`audit-log/${eventId}/${action}`, NAMESPACE);
}

/** @param cause what makes it one of a kind: an event's id, or a camera with its time slot. */
export function notificationId(cause: string, type: string): string {
  return uuidV5(`notification/${type}/${cause}`, NAMESPACE);
}
