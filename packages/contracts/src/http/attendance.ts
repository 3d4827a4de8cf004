import { Type, type Static } from '@sinclair/typebox';
import { AttendanceStatus } from '../events/payloads/attendance.js';
import {
  CalendarDate,
  Direction,
  FaceBox,
  LivenessVerdict,
  nullable,
  oneOf,
  strict,
  Timestamp,
  Uuid,
} from '../schema/primitives.js';
import { pageQuery } from './paging.js';

const Minutes = Type.Integer({ minimum: 0 });

/** One sighting or punch: the evidence a record stands on. */
export const AttendanceLogOut = Type.Object(
  {
    attendance_log_id: Uuid,
    user_id: Uuid,
    kind: oneOf(['face', 'pin', 'qr', 'manual']),
    work_date: CalendarDate,
    captured_at: Timestamp,
    received_at: Timestamp,
    late_arrival: Type.Boolean(),
    direction: Direction,
    source: nullable(Type.Object({ id: Uuid, source_type: Type.String(), source_id: Type.String() }, strict)),
    recognition_id: nullable(Uuid),
    similarity: nullable(Type.Number()),
    margin: nullable(Type.Number()),
    match_threshold: nullable(Type.Number()),
    runner_up_similarity: nullable(Type.Number()),
    liveness: Type.Object({ score: nullable(Type.Number()), verdict: nullable(LivenessVerdict) }, strict),
    box: nullable(FaceBox),
    model: nullable(Type.String()),
    gallery_version: nullable(Type.Integer()),
    decision: Type.String(),
    crop_url: nullable(Type.String({ description: 'Where the face crop is, as long as it is kept.' })),
  },
  { ...strict, title: 'AttendanceLogOut' },
);
export type AttendanceLogOut = Static<typeof AttendanceLogOut>;

export const AttendanceOut = Type.Object(
  {
    attendance_id: Uuid,
    user_id: Uuid,
    full_name: Type.String(),
    employee_code: nullable(Type.String()),
    work_date: CalendarDate,
    shift_id: Type.Optional(nullable(Uuid)),
    check_in_at: nullable(Timestamp),
    check_out_at: nullable(Timestamp),
    status: AttendanceStatus,
    worked_minutes: Minutes,
    break_minutes: Minutes,
    late_minutes: Minutes,
    early_leave_minutes: Minutes,
    overtime_minutes: Minutes,
    source: Type.String({ description: 'What the record stands on: face, pin, qr, manual …' }),
    corrected: Type.Boolean(),
    replaced: Type.Optional(
      nullable(
        Type.Object(
          { check_in_at: nullable(Timestamp), check_out_at: nullable(Timestamp), status: AttendanceStatus },
          {
            ...strict,
            description: 'What the record would be without entries by hand; null without any, or when nobody was seen.',
          },
        ),
      ),
    ),
    evidence: Type.Array(Uuid, { description: 'Attendance logs: those of check-in and check-out first.' }),
    logs: Type.Optional(Type.Array(AttendanceLogOut, { description: 'Only with include=logs.' })),
  },
  { ...strict, title: 'AttendanceOut' },
);
export type AttendanceOut = Static<typeof AttendanceOut>;

const dayRange = {
  from: Type.Optional(CalendarDate),
  to: Type.Optional(CalendarDate),
  status: Type.Optional(AttendanceStatus),
  order: Type.Optional(
    oneOf(['desc', 'asc'], {
      default: 'desc',
      description:
        'desc: newest work date first; asc: oldest first. A cursor goes on in the order it was given out in.',
    }),
  ),
  include: Type.Optional(oneOf(['logs'], { description: 'logs: each record with the sightings behind it.' })),
  ...pageQuery,
};

const Days = Type.Integer({ minimum: 0 });

export const AttendanceSummary = Type.Object(
  {
    month: Type.String({ examples: ['2025-03'] }),
    days: Type.Object(
      {
        present: Days,
        late: Days,
        half_day: Days,
        absent: Days,
        on_leave: Days,
        holiday: Days,
        open: Days,
      },
      { ...strict, description: 'Work dates by their status.' },
    ),
    corrected_days: Days,
    worked_minutes: Minutes,
    break_minutes: Minutes,
    late_minutes: Minutes,
    early_leave_minutes: Minutes,
    overtime_minutes: Minutes,
  },
  { ...strict, title: 'AttendanceSummary' },
);
export type AttendanceSummary = Static<typeof AttendanceSummary>;

export const OwnAttendanceQuery = Type.Object(
  {
    month: Type.Optional(
      Type.String({
        pattern: '^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$',
        description: 'YYYY-MM: the records of this month, and its summary in `meta.summary`. Not with from or to.',
        examples: ['2025-03'],
      }),
    ),
    ...dayRange,
  },
  strict,
);
export type OwnAttendanceQuery = Static<typeof OwnAttendanceQuery>;

export const AttendanceQuery = Type.Object(
  {
    user_id: Type.Optional(Uuid),
    department: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
    ...dayRange,
  },
  strict,
);
export type AttendanceQuery = Static<typeof AttendanceQuery>;

export const AttendanceParams = Type.Object({ attendance_id: Uuid }, strict);
export const AttendanceLogParams = Type.Object({ attendance_log_id: Uuid }, strict);

export const AttendanceEvidenceQuery = Type.Object(pageQuery, strict);
