import { Type, type Static } from '@sinclair/typebox';
import { LocalTime, Weekdays } from '../config/shift-rules.js';
import { CalendarDate, oneOf, nullable, strict, Timestamp, Uuid } from '../schema/primitives.js';
import { pageQuery } from './paging.js';
import { ShiftCreate, ShiftOut } from './shifts.js';
import { Line } from './users.js';

const Timezone = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'IANA name.',
  examples: ['Europe/Berlin'],
});
const Locale = Type.String({ minLength: 2, maxLength: 35, description: 'BCP 47 tag.', examples: ['de-DE'] });

export const HolidayCreate = Type.Object(
  { holiday_on: CalendarDate, name: Line(120, ['New Year']) },
  { ...strict, title: 'HolidayCreate' },
);
export type HolidayCreate = Static<typeof HolidayCreate>;

export const HolidayOut = Type.Object(
  { holiday_on: CalendarDate, name: Type.String(), version: Type.Integer({ minimum: 1 }), created_at: Timestamp },
  { ...strict, title: 'HolidayOut' },
);
export type HolidayOut = Static<typeof HolidayOut>;

export const HolidayParams = Type.Object({ holiday_on: CalendarDate }, strict);
export const HolidayQuery = Type.Object(
  { from: Type.Optional(CalendarDate), to: Type.Optional(CalendarDate), ...pageQuery },
  strict,
);

const { valid_from: _, ...shiftFields } = ShiftCreate.properties;
/** A shift of the configuration: with `shift_id` it gets a new version if it differs, without it is added. */
const ConfiguredShift = Type.Object({ shift_id: Type.Optional(Uuid), ...shiftFields }, strict);

const lists = {
  shifts: Type.Optional(
    Type.Array(ConfiguredShift, {
      maxItems: 100,
      description: 'Added, or with shift_id changed. Shifts that are not named stay as they are.',
    }),
  ),
  holidays: Type.Optional(
    Type.Array(HolidayCreate, { maxItems: 400, description: 'Declared or renamed. Others stay as they are.' }),
  ),
  valid_from: Type.Optional(
    Type.String({
      format: 'date',
      description:
        'First work date the change holds for; absent: today (for new shifts a year ago). At most a year back.',
    }),
  ),
};

export const OrgConfigBody = Type.Object(
  { name: Line(200, ['Example Works']), timezone: Timezone, locale: Locale, work_week: Weekdays, ...lists },
  { ...strict, title: 'OrgConfigBody' },
);
export type OrgConfigBody = Static<typeof OrgConfigBody>;

export const OrgConfigUpdate = Type.Object(
  {
    name: Type.Optional(OrgConfigBody.properties.name),
    timezone: Type.Optional(Timezone),
    locale: Type.Optional(Locale),
    work_week: Type.Optional(Weekdays),
    ...lists,
  },
  { ...strict, title: 'OrgConfigUpdate', minProperties: 1 },
);
export type OrgConfigUpdate = Static<typeof OrgConfigUpdate>;

export const OrgConfigOut = Type.Object(
  {
    organization_id: Uuid,
    slug: Type.String(),
    name: Type.String(),
    timezone: Type.String(),
    locale: Type.String(),
    work_week: Weekdays,
    valid_from: nullable(
      Type.String({ format: 'date', description: 'Since when time zone and work week hold; null: ever since.' }),
    ),
    upcoming: Type.Array(
      Type.Object({ valid_from: CalendarDate, timezone: Type.String(), work_week: Weekdays }, strict),
      {
        description: 'Time zone and work week from dates after today on, the next one first.',
      },
    ),
    shifts: Type.Array(ShiftOut),
    holidays: Type.Array(HolidayOut, { description: 'From a year back on.' }),
    version: Type.Integer({ minimum: 1 }),
    updated_at: Timestamp,
  },
  { ...strict, title: 'OrgConfigOut' },
);
export type OrgConfigOut = Static<typeof OrgConfigOut>;

export const leaveKinds = ['vacation', 'sick', 'parental', 'training', 'unpaid', 'other'] as const;
const LeaveKind = oneOf(leaveKinds);

export const LeaveCreate = Type.Object(
  {
    user_id: Uuid,
    starts_on: CalendarDate,
    ends_on: CalendarDate,
    until_time: Type.Optional(
      Type.String({
        ...{ pattern: LocalTime.pattern ?? '', examples: ['13:00'] },
        description: 'On leave on each of the dates from the beginning of the shift to this time only.',
      }),
    ),
    from_time: Type.Optional(
      Type.String({
        ...{ pattern: LocalTime.pattern ?? '', examples: ['13:00'] },
        description: 'On leave from this time to the end of the shift only. Not together with until_time.',
      }),
    ),
    kind: LeaveKind,
  },
  { ...strict, title: 'LeaveCreate' },
);
export type LeaveCreate = Static<typeof LeaveCreate>;

export const LeaveOut = Type.Object(
  {
    leave_id: Uuid,
    user_id: Uuid,
    starts_on: CalendarDate,
    ends_on: CalendarDate,
    until_time: nullable(LocalTime),
    from_time: nullable(LocalTime),
    kind: LeaveKind,
    created_at: Timestamp,
    withdrawn_at: nullable(Timestamp),
  },
  { ...strict, title: 'LeaveOut' },
);
export type LeaveOut = Static<typeof LeaveOut>;

export const LeaveQuery = Type.Object(
  {
    user_id: Type.Optional(Uuid),
    from: Type.Optional(CalendarDate),
    to: Type.Optional(CalendarDate),
    ...pageQuery,
  },
  strict,
);
export const LeaveParams = Type.Object({ leave_id: Uuid }, strict);
