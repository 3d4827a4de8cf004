import type { Static, TSchema } from '@sinclair/typebox';
import * as attendance from './payloads/attendance.js';
import * as faces from './payloads/faces.js';
import * as identity from './payloads/identity.js';
import * as people from './payloads/people.js';
import * as recognition from './payloads/recognition.js';

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
  'evidence.viewed': { 1: identity.evidenceViewedV1 },
  'users.imported': { 1: people.usersImportedV1 },
  'image.uploaded': { 1: people.imageUploadedV1 },
  'system_config.changed': { 1: people.systemConfigChangedV1 },
  'source.discovered': { 1: recognition.sourceDiscoveredV1 },
  'recognition.requested': { 1: recognition.recognitionRequestedV1 },
  'recognition.completed': { 1: recognition.recognitionCompletedV1 },
  'recognition.expired': { 1: recognition.recognitionExpiredV1 },
  'recognition.failed': { 1: recognition.recognitionFailedV1 },
  'registration.requested': { 1: faces.registrationRequestedV1 },
  'registration.rejected': { 1: faces.registrationRejectedV1 },
  'registration.failed': { 1: faces.registrationFailedV1 },
  'face.registered': { 1: faces.faceRegisteredV1 },
  'face.deleted': { 1: faces.faceDeletedV1 },
  'attendance.checked_in': { 1: attendance.attendanceCheckedInV1 },
  'attendance.checked_out': { 1: attendance.attendanceCheckedOutV1 },
  'attendance.record_changed': { 1: attendance.attendanceRecordChangedV1 },
  'attendance.unknown_face_seen': { 1: attendance.attendanceUnknownFaceSeenV1 },
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
