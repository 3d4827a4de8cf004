import { addDays } from '@rollcall/attendance-rules';
import type { NewEvent, NotificationKind, StoredEvent } from '@rollcall/contracts';
import type { AttendanceRecord } from './attendance.js';
import { notificationId } from './deterministic-ids.js';
import { dateCapture, type OrganizationRules } from './organization-rules.js';
import type { Notice } from './route-notification.js';

/** The check-in of a day, for the person whose it is. */
export function noticeOfCheckIn(checkedIn: NewEvent<'attendance.checked_in'>, source: StoredEvent): Notice {
  const { user_id, record_id, work_date, at, source_id } = checkedIn.payload;
  return {
    id: notificationId(checkedIn.id, checkedIn.type),
    organizationId: checkedIn.organizationId,
    person: user_id,
    type: checkedIn.type,
    severity: 'info',
    subject: checkedIn.subject,
    payload: { user_id, record_id, work_date, at, source_id },
    eventId: checkedIn.id,
    createdAt: source.recordedAt,
  };
}

/** Dates before the person's present one that somebody is still told of. */
const DATES_TOLD_OF = 1;

/**
 * That somebody was late or did not come: once a record, whatever becomes of it afterwards. Only of today and yesterday,
 * as it was for the person when the event was recorded: rules that change for a year back, or frames that come in late,
 * are in the records, and no news. The end of a work day is, however late it was looked at.
 */
export function noticesOfRecord(
  before: AttendanceRecord | null,
  after: AttendanceRecord | null,
  source: StoredEvent,
  rules: OrganizationRules,
): Notice[] {
  if (after === null) return [];
  const notices: Notice[] = [];
  if (after.lateMinutes > 0 && (before?.lateMinutes ?? 0) === 0) {
    notices.push(noticeOf('attendance.late', after, source, { late_minutes: after.lateMinutes }));
  }
  if (after.status === 'absent' && before?.status !== 'absent') {
    notices.push(noticeOf('attendance.absent', after, source, {}));
  }
  return notices.length > 0 && isNews(after, source, rules) ? notices : [];
}

function isNews({ userId, workDate }: AttendanceRecord, source: StoredEvent, rules: OrganizationRules): boolean {
  if (source.type === 'workday.closed') return true;
  const today = dateCapture(rules, source.recordedAt, source, userId).workDate;
  return workDate >= addDays(today, -DATES_TOLD_OF);
}

function noticeOf(
  type: NotificationKind,
  record: AttendanceRecord,
  source: StoredEvent,
  payload: Notice['payload'],
): Notice {
  return {
    id: notificationId(record.id, type),
    organizationId: record.organizationId,
    person: record.userId,
    type,
    severity: 'warning',
    subject: `attendance-records/${record.id}`,
    payload: { user_id: record.userId, record_id: record.id, work_date: record.workDate, ...payload },
    eventId: source.id,
    createdAt: source.recordedAt,
  };
}
