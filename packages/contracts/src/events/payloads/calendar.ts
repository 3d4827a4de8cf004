import { Type } from '@sinclair/typebox';
import { CalendarDate, nullable, oneOf, strict, Uuid } from '../../schema/primitives.js';

const Version = Type.Integer({ minimum: 1 });

export const organizationConfiguredV1 = Type.Object(
  {
    version: Version,
    changed: Type.Array(oneOf(['name', 'timezone', 'locale', 'work_week', 'shifts', 'holidays'])),
    valid_from: nullable(CalendarDate),
  },
  { ...strict, description: 'Name, time zone, locale, work week, shifts or holidays of the organization were set.' },
);

export const shiftChangedV1 = Type.Object(
  {
    shift_id: Uuid,
    version: Version,
    change: oneOf(['created', 'updated', 'retired']),
    valid_from: CalendarDate,
  },
  { ...strict, description: 'A shift has a new version; the earlier ones keep holding for the dates before.' },
);

export const holidayChangedV1 = Type.Object(
  { holiday_on: CalendarDate, version: Version, change: oneOf(['declared', 'renamed', 'withdrawn']) },
  { ...strict, description: 'A date became a public holiday, or is none any more.' },
);

const assignment = {
  assignment_id: Uuid,
  user_id: Uuid,
  shift_ids: Type.Array(Uuid),
  valid_from: CalendarDate,
  valid_until: nullable(CalendarDate),
};

export const shiftAssignmentCreatedV1 = Type.Object(assignment, {
  ...strict,
  description: 'A person works by this weekly pattern of shifts from a date on.',
});

export const shiftAssignmentWithdrawnV1 = Type.Object(assignment, {
  ...strict,
  description: 'A pattern of shifts counts as if it had never been given.',
});

const leave = { leave_id: Uuid, user_id: Uuid, starts_on: CalendarDate, ends_on: CalendarDate };

export const leaveGrantedV1 = Type.Object(leave, {
  ...strict,
  description: 'A person is on leave. What kind of leave stands in the audit details, not here.',
});

export const leaveWithdrawnV1 = Type.Object(leave, { ...strict, description: 'A leave was taken back.' });

export const attendancePolicyAppliedV1 = Type.Object(
  { policy_version_id: Uuid, version: Version, valid_from: CalendarDate },
  { ...strict, description: 'A new version of the attendance policy holds from a date on.' },
);

export const attendanceRecomputationRequestedV1 = Type.Object(
  {
    user_ids: Type.Array(Uuid, { minItems: 1 }),
    from: CalendarDate,
    to: CalendarDate,
    existing_only: Type.Boolean({ description: 'Only days that have sightings or a record: these people have left.' }),
  },
  {
    ...strict,
    description:
      'Rules or calendar changed: the days of these people are computed anew. A large change comes in instalments, newest dates first, behind what cameras see.',
  },
);

export const workdayClosedV1 = Type.Object(
  { work_date: CalendarDate, user_ids: Type.Array(Uuid, { minItems: 1 }) },
  {
    ...strict,
    description: 'The work day of these people is over: who was not seen is absent, on leave or has a holiday.',
  },
);

export const attendanceRecordRemovedV1 = Type.Object(
  { user_id: Uuid, record_id: Uuid, work_date: CalendarDate },
  { ...strict, description: 'Nothing is left that the record of a work date could stand on.' },
);
