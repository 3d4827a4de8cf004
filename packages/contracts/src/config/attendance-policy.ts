import { Type, type Static } from '@sinclair/typebox';
import { oneOf, strict } from '../schema/primitives.js';
import { resolveDefaults } from './resolve-defaults.js';

/** The rules by which sightings become a record: `policy_versions.rules`. */
export const AttendancePolicyRules = Type.Object(
  {
    pairing: oneOf(['first_last', 'alternating', 'by_direction'], {
      description: 'How visits become check-in and check-out.',
    }),
    min_interval_seconds: Type.Integer({
      minimum: 1,
      maximum: 86_400,
      description: 'Sightings closer together than this are one visit.',
    }),
    day_cutoff: Type.String({
      pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
      description: 'Local time at which one work date ends and the next begins.',
    }),
    timezone: Type.String({ minLength: 1, maxLength: 64, description: 'IANA name, such as Europe/Berlin.' }),
    grace_minutes: Type.Integer({
      minimum: 0,
      maximum: 240,
      description: 'Minutes after shift start that are not late.',
    }),
    half_day_under_minutes: Type.Integer({
      minimum: 0,
      maximum: 1_440,
      description: 'Worked minutes below which a closed day with a shift counts as half_day; 0: never.',
    }),
    overtime_after_minutes: Type.Integer({
      minimum: 0,
      maximum: 1_440,
      description: 'Minutes past the end of the shift that do not count as overtime yet.',
    }),
  },
  { ...strict, title: 'AttendancePolicyRules' },
);
export type AttendancePolicyRules = Static<typeof AttendancePolicyRules>;

export const defaultAttendancePolicyRules: AttendancePolicyRules = {
  pairing: 'first_last',
  min_interval_seconds: 60,
  day_cutoff: '04:00',
  timezone: 'UTC',
  grace_minutes: 0,
  half_day_under_minutes: 0,
  overtime_after_minutes: 0,
};

/** The rules in force: a stored version over the defaults. */
export function resolveAttendancePolicyRules(rules: unknown): AttendancePolicyRules {
  return resolveDefaults(defaultAttendancePolicyRules, rules);
}
