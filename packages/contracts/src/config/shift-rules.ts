import { Type, type Static } from '@sinclair/typebox';
import { nullable, strict } from '../schema/primitives.js';
import { resolveDefaults } from './resolve-defaults.js';

/** Local time of day, `HH:MM`. */
export const LocalTime = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', examples: ['09:00'] });

const Minutes = (maximum: number, description: string) =>
  nullable(Type.Integer({ minimum: 0, maximum, description: `${description} null: as the attendance policy says.` }));

/** Planned hours of one shift: `shifts.rules`. */
export const ShiftRules = Type.Object(
  {
    starts_at: LocalTime,
    ends_at: Type.String({
      pattern: LocalTime.pattern ?? '',
      examples: ['17:00'],
      description: 'Not after starts_at: it ends on the next day.',
    }),
    breaks: Type.Array(Type.Object({ starts_at: LocalTime, ends_at: LocalTime }, strict), {
      maxItems: 10,
      description: 'Unpaid breaks. What of them lies between a check-in and its check-out is break, not work.',
    }),
    grace_minutes: Minutes(240, 'Minutes after the start that are not late.'),
    half_day_under_minutes: Minutes(1_440, 'Worked minutes below which the closed day is half_day; 0: never.'),
    overtime_after_minutes: Minutes(1_440, 'Minutes past the end that do not count as overtime yet.'),
  },
  { ...strict, title: 'ShiftRules' },
);
export type ShiftRules = Static<typeof ShiftRules>;

const openShift: ShiftRules = {
  starts_at: '00:00',
  ends_at: '00:00',
  breaks: [],
  grace_minutes: null,
  half_day_under_minutes: null,
  overtime_after_minutes: null,
};

/** What is stored of a shift, completed: fields that a later version of Rollcall knows are left out. */
export function resolveShiftRules(rules: unknown): ShiftRules {
  return resolveDefaults(openShift, rules);
}

/** Days of the week as ISO 8601 counts them. */
export const Weekdays = Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
  maxItems: 7,
  uniqueItems: true,
  description: '1 Monday … 7 Sunday.',
  examples: [[1, 2, 3, 4, 5]],
});

/** The week of an organization that has said nothing else. */
export const defaultWorkWeek: readonly number[] = [1, 2, 3, 4, 5];
