import type { AttendanceStatus } from '../attendance-record.js';
import type { Calendar } from '../calendar.js';
import type { DayMinutes } from './measure-day.js';

/** Status of a day on which somebody was seen or entered by hand. */
export function statusOfPresence(
  openVisits: number,
  minutes: DayMinutes,
  halfDayUnderMinutes: number,
  day: { readonly planned: boolean; readonly closed: boolean },
): AttendanceStatus {
  if (openVisits > 0) return 'open';
  if (day.planned && day.closed && minutes.workedMinutes < halfDayUnderMinutes) return 'half_day';
  return minutes.lateMinutes > 0 ? 'late' : 'present';
}

/**
 * Status of a day on which nobody was seen; none before the day is over, on a day without a plan, or while the person was
 * inactive.
 */
export function statusOfAbsence(calendar: Calendar): AttendanceStatus | undefined {
  if (calendar.closed !== true || calendar.activity?.any === false) return undefined;
  if (calendar.holiday === true) return 'holiday';
  if (calendar.onLeave === true) return 'on_leave';
  if (calendar.activity?.whole === false) return undefined;
  return calendar.shiftOn?.(calendar.workDate) === undefined ? undefined : 'absent';
}
