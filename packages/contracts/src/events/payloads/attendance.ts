import { Type } from '@sinclair/typebox';
import { CalendarDate, nullable, oneOf, strict, Timestamp, Uuid } from '../../schema/primitives.js';

export const attendanceStatuses = ['present', 'late', 'half_day', 'absent', 'on_leave', 'holiday', 'open'] as const;
export const AttendanceStatus = oneOf(attendanceStatuses);

const sighting = {
  work_date: CalendarDate,
  attendance_log_ids: Type.Array(Uuid),
  at: Timestamp,
  source_id: nullable(Uuid),
};

const recordChange = { user_id: Uuid, record_id: Uuid, ...sighting };

export const attendanceCheckedInV1 = Type.Object(recordChange, {
  ...strict,
  description: 'A person arrived: the first visit of the work date.',
});

export const attendanceCheckedOutV1 = Type.Object(recordChange, {
  ...strict,
  description: 'A person was seen later: the last visit of the work date so far.',
});

export const attendanceRecordChangedV1 = Type.Object(
  {
    ...recordChange,
    status: Type.Optional(AttendanceStatus),
    check_in_at: Type.Optional(nullable(Timestamp)),
    check_out_at: Type.Optional(nullable(Timestamp)),
  },
  { ...strict, description: 'The record of a work date was computed anew and came out different.' },
);

export const attendanceUnknownFaceSeenV1 = Type.Object(
  {
    ...sighting,
    user_id: Type.Optional(Type.Null()),
    recognition_id: Type.Optional(Uuid),
    recognized_face_id: Type.Optional(Uuid),
  },
  { ...strict, description: 'A camera saw somebody who is not enrolled.' },
);
