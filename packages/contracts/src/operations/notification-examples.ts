import { defaultNotificationRules } from '../config/notification-rules.js';
import type { NotificationRulesOut, ReadAllOut, UnreadOut } from '../http/notifications.js';
import { defaultExampleIds as ids } from './example-ids.js';

export const unread: UnreadOut = { unread: 3 };

export const readAllBody = { up_to: 'MS43NDIuMTg' };

export const readAll: ReadAllOut = { marked: 3, unread: 0 };

export const notificationRulesPatch = {
  'attendance.late': { to_role: null },
  'device.silent': { after_minutes: 30 },
};

export const notificationRules: NotificationRulesOut = {
  version: 1,
  rules: {
    ...defaultNotificationRules,
    'attendance.late': { to_role: null, to_person: true },
    'device.silent': { to_role: 'OPERATOR', after_minutes: 30 },
  },
  updated_by: ids.operator,
  updated_at: '2025-03-03T08:40:00.000Z',
};
