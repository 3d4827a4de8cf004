import type { NewEvent, StoredEvent } from '@rollcall/contracts';
import { derivedEventId, newEvent } from '@rollcall/event-log';
import type { AttendanceRecord, RecognitionCompleted } from './attendance.js';
import { dateCapture, type OrganizationRules } from './organization-rules.js';
import { slotCause } from './quiet-slot.js';

const ACTOR = 'system:attendance-projector';

/** A record before and after an event; `logIds` are the sightings that made the difference. */
export interface RecordChange {
  readonly before: AttendanceRecord | null;
  readonly after: AttendanceRecord;
  readonly cause: StoredEvent;
  readonly logIds: readonly string[];
}

/**
 * What a change means to others. More sightings of the same visit mean nothing to them. Somebody checked in or out only
 * when they were seen: a day that is merely counted differently has changed, and nobody has just come.
 */
export function recordEventsFor({ before, after, cause, logIds }: RecordChange): NewEvent[] {
  if (before !== null && !differsToOthers(before, after)) return [];
  const { checkInAt, checkOutAt } = after;
  const about = {
    user_id: after.userId,
    record_id: after.id,
    work_date: after.workDate,
    attendance_log_ids: [...logIds],
    source_id: sourceOf(cause),
  };
  const seen = logIds.length > 0;
  const events: NewEvent[] = [];
  if (seen && checkInAt !== null && (before?.checkInAt ?? null) === null) {
    const type = 'attendance.checked_in';
    events.push(
      newEvent<typeof type>({
        ...derive(cause, type, after),
        type,
        payload: { ...about, at: checkInAt.toISOString() },
      }),
    );
  }
  if (seen && checkOutAt !== null && isLater(checkOutAt, before?.checkOutAt ?? null)) {
    const type = 'attendance.checked_out';
    events.push(
      newEvent<typeof type>({
        ...derive(cause, type, after),
        type,
        payload: { ...about, at: checkOutAt.toISOString() },
      }),
    );
  }
  const type = 'attendance.record_changed';
  const payload = {
    ...about,
    at: momentOf(cause),
    status: after.status,
    check_in_at: checkInAt?.toISOString() ?? null,
    check_out_at: checkOutAt?.toISOString() ?? null,
  };
  events.push(newEvent<typeof type>({ ...derive(cause, type, after), type, payload }));
  return events;
}

/** That nothing is left of a record. */
export function recordRemovedEvent(removed: AttendanceRecord, cause: StoredEvent): NewEvent {
  const type = 'attendance.record_removed';
  const { userId, id, workDate } = removed;
  return newEvent<typeof type>({
    ...derive(cause, type, removed),
    type,
    payload: { user_id: userId, record_id: id, work_date: workDate },
  });
}

/** The camera or terminal behind a change, if it was one. */
function sourceOf({ payload }: StoredEvent): string | null {
  return 'source_id' in payload && typeof payload.source_id === 'string' ? payload.source_id : null;
}

/** When what changed the record happened. */
function momentOf({ payload, occurredAt }: StoredEvent): string {
  return 'captured_at' in payload && typeof payload.captured_at === 'string'
    ? payload.captured_at
    : occurredAt.toISOString();
}

function isLater(at: Date, before: Date | null): boolean {
  return before === null || at > before;
}

function derive(cause: StoredEvent, type: NewEvent['type'], record: AttendanceRecord) {
  return {
    id: derivedEventId(cause.id, `${type}/${record.id}`),
    organizationId: cause.organizationId,
    subject: `attendance-records/${record.id}`,
    actor: ACTOR,
    correlationId: cause.correlationId,
    causationId: cause.id,
    occurredAt: cause.occurredAt,
  };
}

/** A stranger at a camera, at most once a camera and quarter of an hour. */
export function unknownFaceEvents(event: RecognitionCompleted, rules: OrganizationRules): NewEvent[] {
  const { source_id, recognition_id, captured_at, faces, synthetic } = event.payload;
  const face = faces.find(({ decision }) => decision === 'unknown');
  if (synthetic || face === undefined) return [];
  const capturedAt = new Date(captured_at);
  return [
    newEvent<'attendance.unknown_face_seen'>({
      id: derivedEventId(slotCause(source_id, capturedAt), 'attendance.unknown_face_seen'),
      type: 'attendance.unknown_face_seen',
      organizationId: event.organizationId,
      subject: `sources/${source_id}`,
      actor: ACTOR,
      correlationId: event.correlationId,
      causationId: event.id,
      payload: {
        work_date: dateCapture(rules, capturedAt, event).workDate,
        attendance_log_ids: [],
        at: captured_at,
        source_id,
        recognition_id,
        recognized_face_id: face.recognized_face_id,
      },
      occurredAt: event.occurredAt,
    }),
  ];
}

const tellingFields = [
  'checkInAt',
  'checkOutAt',
  'status',
  'shiftId',
  'workedMinutes',
  'breakMinutes',
  'lateMinutes',
  'earlyLeaveMinutes',
  'overtimeMinutes',
  'corrected',
] as const satisfies readonly (keyof AttendanceRecord)[];

function differsToOthers(before: AttendanceRecord, after: AttendanceRecord): boolean {
  return tellingFields.some((field) => comparable(before[field]) !== comparable(after[field]));
}

function comparable(value: AttendanceRecord[keyof AttendanceRecord]): unknown {
  return value instanceof Date ? value.getTime() : value;
}
