import type { Static, TSchema } from '@sinclair/typebox';
import * as attendance from './payloads/attendance.js';
import * as devices from './payloads/devices.js';
import * as checkIn from './payloads/check-in.js';
import * as corrections from './payloads/corrections.js';
import * as calendar from './payloads/calendar.js';
import * as faces from './payloads/faces.js';
import * as eventLog from './payloads/event-log.js';
import * as feeds from './payloads/feeds.js';
import * as ledger from './payloads/ledger.js';
import * as identity from './payloads/identity.js';
import * as projections from './payloads/projections.js';
import * as people from './payloads/people.js';
import * as recognition from './payloads/recognition.js';
import * as reviews from './payloads/reviews.js';
import * as sessions from './payloads/sessions.js';

/**
 * The payload of every event type and version. Append-only: a version that was once written stays readable for ever, so
 * a change of meaning or a new required field is a new version beside the old one. Payloads carry ids and
 * enumerations: no personal text, image, embedding, password or token.
 */
export const eventPayloads = {
  'organization.created': { 1: identity.organizationCreatedV1 },
  'user.created': { 1: identity.userCreatedV1 },
  'user.updated': { 1: identity.userUpdatedV1 },
  'user.deleted': { 1: identity.userDeletedV1 },
  'session.started': { 1: identity.sessionStartedV1 },
  'session.refused': { 1: identity.sessionRefusedV1 },
  'session.refreshed': { 1: sessions.sessionRefreshedV1 },
  'session.refresh_refused': { 1: sessions.sessionRefreshRefusedV1 },
  'session.ended': { 1: sessions.sessionEndedV1 },
  'password.changed': { 1: sessions.passwordChangedV1 },
  'password.change_refused': { 1: sessions.passwordChangeRefusedV1 },
  'device.created': { 1: devices.deviceCreatedV1 },
  'device.updated': { 1: devices.deviceUpdatedV1 },
  'device.deleted': { 1: devices.deviceDeletedV1 },
  'device.key_rotated': { 1: devices.deviceKeyRotatedV1 },
  'evidence.viewed': { 1: identity.evidenceViewedV1 },
  'users.imported': { 1: people.usersImportedV1 },
  'image.uploaded': { 1: people.imageUploadedV1 },
  'system_config.changed': { 1: people.systemConfigChangedV1 },
  'source.discovered': { 1: recognition.sourceDiscoveredV1 },
  'frame.submitted': { 1: recognition.frameSubmittedV1 },
  'recognition.requested': { 1: recognition.recognitionRequestedV1 },
  'recognition.completed': { 1: recognition.recognitionCompletedV1 },
  'recognition.expired': { 1: recognition.recognitionExpiredV1 },
  'recognition.failed': { 1: recognition.recognitionFailedV1 },
  'registration.requested': { 1: faces.registrationRequestedV1 },
  'registration.rejected': { 1: faces.registrationRejectedV1 },
  'registration.failed': { 1: faces.registrationFailedV1 },
  'face.registered': { 1: faces.faceRegisteredV1 },
  'face.deleted': { 1: faces.faceDeletedV1 },
  'review.confirmed': { 1: reviews.reviewConfirmedV1 },
  'review.rejected': { 1: reviews.reviewRejectedV1 },
  'review.rejection_forgotten': { 1: reviews.reviewRejectionForgottenV1 },
  'review.viewed': { 1: reviews.reviewViewedV1 },
  'unknown_face.assigned': { 1: reviews.unknownFaceAssignedV1 },
  'unknown_face.dismissed': { 1: reviews.unknownFaceDismissedV1 },
  'attendance.checked_in': { 1: attendance.attendanceCheckedInV1 },
  'attendance.checked_out': { 1: attendance.attendanceCheckedOutV1 },
  'attendance.record_changed': { 1: attendance.attendanceRecordChangedV1 },
  'attendance.unknown_face_seen': { 1: attendance.attendanceUnknownFaceSeenV1 },
  'attendance.record_removed': { 1: calendar.attendanceRecordRemovedV1 },
  'attendance.recomputation_requested': { 1: calendar.attendanceRecomputationRequestedV1 },
  'attendance_policy.applied': { 1: calendar.attendancePolicyAppliedV1 },
  'workday.closed': { 1: calendar.workdayClosedV1 },
  'organization.configured': { 1: calendar.organizationConfiguredV1 },
  'shift.changed': { 1: calendar.shiftChangedV1 },
  'holiday.changed': { 1: calendar.holidayChangedV1 },
  'shift_assignment.created': { 1: calendar.shiftAssignmentCreatedV1 },
  'shift_assignment.withdrawn': { 1: calendar.shiftAssignmentWithdrawnV1 },
  'leave.granted': { 1: calendar.leaveGrantedV1 },
  'leave.withdrawn': { 1: calendar.leaveWithdrawnV1 },
  'attendance.corrected': { 1: corrections.attendanceCorrectedV1 },
  'attendance.correction_withdrawn': { 1: corrections.attendanceCorrectionWithdrawnV1 },
  'attendance.entry_refused': { 1: corrections.attendanceEntryRefusedV1 },
  'attendance.exported': { 1: corrections.attendanceExportedV1 },
  'attendance.punched': { 1: checkIn.attendancePunchedV1 },
  'attendance.check_in_refused': { 1: checkIn.attendanceCheckInRefusedV1 },
  'pin.set': { 1: checkIn.pinSetV1 },
  'pin.removed': { 1: checkIn.pinRemovedV1 },
  'notification_rules.changed': { 1: feeds.notificationRulesChangedV1 },
  'device.silent': { 1: feeds.deviceSilentV1 },
  'system.unhealthy': { 1: feeds.systemUnhealthyV1 },
  'event_log.stalled': { 1: eventLog.eventLogStalledV1 },
  'event_log.resumed': { 1: eventLog.eventLogResumedV1 },
  'ledger.gap_opened': { 1: ledger.ledgerGapOpenedV1 },
  'ledger.gap_closed': { 1: ledger.ledgerGapClosedV1 },
  'request.requeued': { 1: ledger.requestRequeuedV1 },
  'request.discarded': { 1: ledger.requestDiscardedV1 },
  'projection.stopped': { 1: projections.projectionStoppedV1 },
  'projection.event_skipped': { 1: projections.projectionEventSkippedV1 },
} as const satisfies Readonly<Record<string, Readonly<Record<number, TSchema>>>>;

export type EventType = keyof typeof eventPayloads;

/** One lookup a type: a conditional type over all of them is more than the compiler resolves. */
type NewestPayloads = { readonly [Type in EventType]: Static<(typeof eventPayloads)[Type][1]> };

/** The payload of an event type in its newest version. */
export type EventPayload<Type extends EventType> = NewestPayloads[Type];

export const eventTypes = Object.keys(eventPayloads) as readonly EventType[];

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(eventPayloads, type);
}
