import { Type, type Static } from '@sinclair/typebox';
import { ShiftRules, Weekdays } from '../config/shift-rules.js';
import { CalendarDate, nullable, strict, Timestamp, Uuid } from '../schema/primitives.js';
import { pageQuery } from './paging.js';
import { Line } from './users.js';

const ShiftName = Line(120, ['Early']);
const ValidFrom = Type.Optional(
  Type.String({ format: 'date', description: 'First work date it holds for; absent: today. At most a year back.' }),
);
const rules = ShiftRules.properties;
const optionalRules = {
  breaks: Type.Optional(rules.breaks),
  grace_minutes: Type.Optional(rules.grace_minutes),
  half_day_under_minutes: Type.Optional(rules.half_day_under_minutes),
  overtime_after_minutes: Type.Optional(rules.overtime_after_minutes),
};

export const ShiftCreate = Type.Object(
  {
    name: ShiftName,
    starts_at: rules.starts_at,
    ends_at: rules.ends_at,
    ...optionalRules,
    valid_from: Type.Optional(
      Type.String({ format: 'date', description: 'First work date it holds for; absent: a year ago, the earliest.' }),
    ),
  },
  { ...strict, title: 'ShiftCreate' },
);
export type ShiftCreate = Static<typeof ShiftCreate>;

export const ShiftUpdate = Type.Object(
  {
    name: Type.Optional(ShiftName),
    starts_at: Type.Optional(rules.starts_at),
    ends_at: Type.Optional(rules.ends_at),
    ...optionalRules,
    valid_from: ValidFrom,
  },
  { ...strict, title: 'ShiftUpdate', minProperties: 1 },
);
export type ShiftUpdate = Static<typeof ShiftUpdate>;

export const ShiftOut = Type.Object(
  {
    shift_id: Uuid,
    name: Type.String(),
    ...rules,
    valid_from: CalendarDate,
    version: Type.Integer({ minimum: 1 }),
    is_retired: Type.Boolean({ description: 'Nobody works it from valid_from on.' }),
    created_at: Timestamp,
  },
  { ...strict, title: 'ShiftOut' },
);
export type ShiftOut = Static<typeof ShiftOut>;

export const ShiftParams = Type.Object({ shift_id: Uuid }, strict);

export const ShiftAssignmentCreate = Type.Object(
  {
    user_id: Uuid,
    valid_from: Type.String({
      format: 'date',
      description: 'First date; replaces what held before. At most a year back.',
    }),
    valid_until: Type.Optional(nullable(CalendarDate)),
    pattern: Type.Array(
      Type.Object(
        { shift_id: Uuid, weekdays: Type.Optional(nullable(Weekdays)) },
        { ...strict, description: 'weekdays null or absent: the work week of the organization.' },
      ),
      { maxItems: 7, description: 'Which shift on which days of the week; empty: none from valid_from on.' },
    ),
  },
  { ...strict, title: 'ShiftAssignmentCreate' },
);
export type ShiftAssignmentCreate = Static<typeof ShiftAssignmentCreate>;

export const ShiftAssignmentOut = Type.Object(
  {
    assignment_id: Uuid,
    user_id: Uuid,
    valid_from: CalendarDate,
    valid_until: nullable(CalendarDate),
    pattern: Type.Array(Type.Object({ shift_id: Uuid, weekdays: nullable(Weekdays) }, strict)),
    created_at: Timestamp,
    withdrawn_at: nullable(Timestamp),
  },
  { ...strict, title: 'ShiftAssignmentOut' },
);
export type ShiftAssignmentOut = Static<typeof ShiftAssignmentOut>;

export const ShiftAssignmentQuery = Type.Object({ user_id: Type.Optional(Uuid), ...pageQuery }, strict);
export const ShiftAssignmentParams = Type.Object({ assignment_id: Uuid }, strict);
