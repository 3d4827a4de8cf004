import { Type, type Static } from '@sinclair/typebox';
import { nullable, oneOf, strict } from '../schema/primitives.js';
import { resolveDefaults } from './resolve-defaults.js';

const ToRole = nullable(
  oneOf(['ADMIN', 'OPERATOR'], { description: 'Everybody of this role or a higher one is told; null: no role is.' }),
);
const ToPerson = Type.Boolean({ description: 'Whether the person it is about is told as well.' });

const rule = { to_role: ToRole };
const RoleRule = (description: string) => Type.Object(rule, { ...strict, description });
const PersonRule = (description: string) => Type.Object({ ...rule, to_person: ToPerson }, { ...strict, description });

/** Who is told of what: one rule a kind of notification. Every field has a value (see `resolveNotificationRules`). */
export const NotificationRules = Type.Object(
  {
    'attendance.checked_in': PersonRule('The record of a day has its check-in.'),
    'attendance.late': PersonRule('Somebody came late to their shift; once a record.'),
    'attendance.absent': PersonRule('Somebody who was expected did not come; once a record.'),
    'attendance.unknown_face_seen': RoleRule('Somebody unknown is at a camera; once a camera and quarter of an hour.'),
    'review.waiting': RoleRule('A face must be looked at; once a camera and quarter of an hour.'),
    'registration.rejected': RoleRule('Too few images of an enrolment were good.'),
    'registration.failed': RoleRule('The images of an enrolment could not be processed.'),
    'device.silent': Type.Object(
      {
        ...rule,
        after_minutes: Type.Integer({
          minimum: 5,
          maximum: 43_200,
          description:
            'Minutes without a frame after which a camera or kiosk counts as silent. Little for cameras that always send, more than a night or a weekend for those that send when something moves.',
        }),
      },
      { ...strict, description: 'A camera or kiosk sends nothing any more; once until it is heard again.' },
    ),
    'system.unhealthy': RoleRule('A part of Rollcall does not do its work; once until it does again.'),
    'event_log.stalled': RoleRule(
      'Events waited to be read for an older transaction of the database; once until they are read again.',
    ),
    'event_log.resumed': RoleRule('Events are read again.'),
    'ledger.gap_opened': RoleRule(
      'Something taken in waits too long for its decision or projection; once until nothing does.',
    ),
    'ledger.gap_closed': RoleRule('Nothing waits too long any more.'),
  },
  { ...strict, title: 'NotificationRules' },
);
export type NotificationRules = Static<typeof NotificationRules>;

export type NotificationKind = keyof NotificationRules;
export const notificationKinds = Object.keys(NotificationRules.properties) as readonly NotificationKind[];

/** What an admin may send: the kinds and fields to be changed. */
export const NotificationRulesPatch = Type.Partial(
  Type.Mapped(Type.KeyOf(NotificationRules), (kind) => Type.Partial(Type.Index(NotificationRules, kind), strict)),
  { ...strict, minProperties: 1, title: 'NotificationRulesPatch' },
);
export type NotificationRulesPatch = Static<typeof NotificationRulesPatch>;

export const defaultNotificationRules: NotificationRules = {
  'attendance.checked_in': { to_role: null, to_person: true },
  'attendance.late': { to_role: 'OPERATOR', to_person: true },
  'attendance.absent': { to_role: 'OPERATOR', to_person: true },
  'attendance.unknown_face_seen': { to_role: 'OPERATOR' },
  'review.waiting': { to_role: 'OPERATOR' },
  'registration.rejected': { to_role: 'OPERATOR' },
  'registration.failed': { to_role: 'OPERATOR' },
  'device.silent': { to_role: 'OPERATOR', after_minutes: 1_440 },
  'system.unhealthy': { to_role: 'ADMIN' },
  'event_log.stalled': { to_role: 'ADMIN' },
  'event_log.resumed': { to_role: 'ADMIN' },
  'ledger.gap_opened': { to_role: 'ADMIN' },
  'ledger.gap_closed': { to_role: 'ADMIN' },
};

/** The rules in force: a stored version over the defaults. */
export function resolveNotificationRules(stored: unknown): NotificationRules {
  return resolveDefaults(defaultNotificationRules, stored);
}
