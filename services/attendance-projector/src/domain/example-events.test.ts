import { beginningOfLog } from '@rollcall/attendance-rules';
import type { EventPayload, EventType, StoredEvent } from '@rollcall/contracts';
import type { OrganizationRules } from './organization-rules.js';

/** Builders for the specifications of the projection: what is not said is unremarkable. */

export const organizationId = '0198c0de-7a11-7c00-8000-000000000001';
export const ada = '0198c0de-7a11-7c00-8000-0000000000ad';
export const ben = '0198c0de-7a11-7c00-8000-0000000000be';
export const door = '0198c0de-7a11-7c00-8000-00000000d001';

let count = 0;

/** A uuid that no other call gives. */
export function someId(): string {
  count += 1;
  return `0198c0de-7a11-7c00-9000-${count.toString(16).padStart(12, '0')}`;
}

export function event<Type extends EventType>(
  type: Type,
  payload: EventPayload<Type>,
  given: Partial<Pick<StoredEvent, 'id' | 'recordedAt' | 'actor' | 'subject' | 'organizationId'>> = {},
): StoredEvent<Type> {
  const position = String(count + 1);
  const recordedAt = given.recordedAt ?? new Date('2025-03-03T12:00:00Z');
  return {
    epoch: 1,
    xid: String(1000 + Number(position)),
    position,
    id: someId(),
    organizationId,
    type,
    version: 1,
    subject: 'recognitions/1',
    actor: 'system:face-worker',
    correlationId: someId(),
    causationId: null,
    payload,
    occurredAt: recordedAt,
    recordedAt,
    ...given,
  };
}

type Face = EventPayload<'recognition.completed'>['faces'][number];

export function face(decision: Face['decision'], userId: string | null = null, given: Partial<Face> = {}): Face {
  return {
    recognized_face_id: someId(),
    index: 0,
    decision,
    user_id: userId,
    face_id: userId === null ? null : someId(),
    similarity: 0.68,
    margin: 0.4,
    liveness_verdict: 'live',
    liveness_score: 0.97,
    box: { x: 412.5, y: 188.25, width: 160, height: 160 },
    reason: null,
    ...given,
  };
}

/** A frame with these faces, taken at that time (RFC 3339). */
export function frame(
  capturedAt: string,
  faces: readonly Face[],
  given: Partial<EventPayload<'recognition.completed'>> & { id?: string; recordedAt?: Date } = {},
): StoredEvent<'recognition.completed'> {
  const { id, recordedAt, ...payload } = given;
  return event(
    'recognition.completed',
    {
      recognition_id: someId(),
      source_id: door,
      source_type: 'camera',
      direction: 'both',
      captured_at: capturedAt,
      received_at: capturedAt,
      late_arrival: false,
      model_id: 'model-1',
      gallery_version: 7,
      synthetic: false,
      faces: [...faces],
      ...payload,
    },
    { ...(id === undefined ? {} : { id }), ...(recordedAt === undefined ? {} : { recordedAt }) },
  );
}

/** The rules of an organization with one policy, known from the beginning; nobody has a shift. */
export function rules(given: Readonly<Record<string, unknown>> = {}): OrganizationRules {
  return {
    people: new Map(),
    calendar: {
      ...{ organizationId, timezone: 'UTC', settings: [], shifts: [], holidays: [] },
      policies: [
        {
          id: '0198c0de-7a11-7c00-8000-0000000000f1',
          version: 1,
          validFrom: '1970-01-01',
          known: beginningOfLog,
          rules: given,
        },
      ],
    },
  };
}
