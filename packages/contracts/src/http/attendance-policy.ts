import { Type, type Static } from '@sinclair/typebox';
import { AttendancePolicyRules } from '../config/attendance-policy.js';
import { AttendanceStatus } from '../events/payloads/attendance.js';
import { CalendarDate, nullable, strict, Timestamp, Uuid } from '../schema/primitives.js';
import { pageQuery } from './paging.js';

/** The time zone is the organization's and is set there. */
const { timezone: _, ...rules } = AttendancePolicyRules.properties;

/** What the policy says; the rest of the rules is the organization's. */
export const AttendancePolicyBody = Type.Object(rules, { ...strict, title: 'AttendancePolicyBody' });
export type AttendancePolicyBody = Static<typeof AttendancePolicyBody>;

const change = {
  rules: Type.Partial(AttendancePolicyBody, {
    ...strict,
    title: 'AttendancePolicyChange',
    minProperties: 1,
    description: 'What changes; the rest stays as the version in force on valid_from has it.',
  }),
  valid_from: Type.Optional(
    Type.String({ format: 'date', description: 'First work date it holds for; absent: today. At most a year back.' }),
  ),
};

export const AttendancePolicyApply = Type.Object(change, { ...strict, title: 'AttendancePolicyApply' });
export type AttendancePolicyApply = Static<typeof AttendancePolicyApply>;

export const AttendancePolicyPreview = Type.Object(
  {
    ...change,
    from: Type.String({ format: 'date', description: 'First work date to compare.' }),
    to: Type.String({ format: 'date', description: 'Last work date to compare; at most 31 days.' }),
    limit: Type.Optional(Type.Integer({ minimum: 0, maximum: 200, default: 50, description: 'Differences to list.' })),
  },
  { ...strict, title: 'AttendancePolicyPreview' },
);
export type AttendancePolicyPreview = Static<typeof AttendancePolicyPreview>;

export const AttendancePolicyOut = Type.Object(
  {
    policy_version_id: nullable(Uuid),
    version: Type.Integer({ minimum: 0, description: '0: the defaults, nothing was ever set.' }),
    valid_from: nullable(CalendarDate),
    rules: AttendancePolicyBody,
    created_by: nullable(Uuid),
    created_at: nullable(Timestamp),
  },
  { ...strict, title: 'AttendancePolicyOut' },
);
export type AttendancePolicyOut = Static<typeof AttendancePolicyOut>;

export const AttendancePolicyCurrent = Type.Object(
  {
    in_force: Type.Object(AttendancePolicyOut.properties, { ...strict, description: 'Of today.' }),
    upcoming: Type.Array(AttendancePolicyOut, { description: 'Versions that hold from a later date on.' }),
    version: Type.Integer({ minimum: 0, description: 'Of the newest version: what ETag says.' }),
  },
  { ...strict, title: 'AttendancePolicyCurrent' },
);
export type AttendancePolicyCurrent = Static<typeof AttendancePolicyCurrent>;

const Minutes = Type.Integer({ minimum: 0 });
const RecordState = Type.Object(
  {
    work_date: CalendarDate,
    check_in_at: nullable(Timestamp),
    check_out_at: nullable(Timestamp),
    status: AttendanceStatus,
    worked_minutes: Minutes,
    break_minutes: Minutes,
    late_minutes: Minutes,
    early_leave_minutes: Minutes,
    overtime_minutes: Minutes,
  },
  { ...strict, title: 'RecordState' },
);

export const RecordDifference = Type.Object(
  {
    user_id: Uuid,
    work_date: CalendarDate,
    attendance_id: nullable(Uuid),
    before: nullable(RecordState),
    after: nullable(RecordState),
  },
  { ...strict, title: 'RecordDifference' },
);
export type RecordDifference = Static<typeof RecordDifference>;

export const AttendancePolicyDifference = Type.Object(
  {
    valid_from: CalendarDate,
    rules: AttendancePolicyBody,
    days: Type.Integer({ minimum: 0, description: 'Days of people in the span.' }),
    examined: Type.Integer({
      minimum: 0,
      description:
        'How many of them were computed both ways: by date and person, 10,000 at most, for 3 seconds at most.',
    }),
    changed: Type.Integer({ minimum: 0, description: 'Days that would come out differently.' }),
    complete: Type.Boolean({ description: 'false: there are more days than were examined; ask for a shorter span.' }),
    limit_reached: nullable(
      Type.Union([Type.Literal('DAYS'), Type.Literal('TIME')], {
        description: 'Why not all days were examined; null: they were.',
      }),
    ),
    differences: Type.Array(RecordDifference, { description: 'The first of them, by date and person.' }),
  },
  { ...strict, title: 'AttendancePolicyDifference' },
);
export type AttendancePolicyDifference = Static<typeof AttendancePolicyDifference>;

export const AttendancePolicyHistoryQuery = Type.Object(pageQuery, strict);
