import type {
  AttendancePolicyApply,
  AttendancePolicyCurrent,
  AttendancePolicyDifference,
  AttendancePolicyOut,
  AttendancePolicyPreview,
} from '../http/attendance-policy.js';
import type { HolidayOut, LeaveCreate, LeaveOut, OrgConfigBody, OrgConfigOut } from '../http/organization-config.js';
import type { ShiftAssignmentCreate, ShiftAssignmentOut, ShiftCreate, ShiftOut } from '../http/shifts.js';
import { defaultExampleIds as ids } from './example-ids.js';

const shiftId = '0198c0de-7a11-7c00-8000-000000000020';
const assignmentId = '0198c0de-7a11-7c00-8000-000000000021';
const leaveId = '0198c0de-7a11-7c00-8000-000000000022';
const policyId = '0198c0de-7a11-7c00-8000-000000000023';
const createdAt = '2025-03-03T08:55:00.000Z';

export const shiftCreate: ShiftCreate = {
  name: 'Early',
  starts_at: '06:00',
  ends_at: '14:30',
  breaks: [{ starts_at: '10:00', ends_at: '10:30' }],
  grace_minutes: 5,
};

export const shift: ShiftOut = {
  shift_id: shiftId,
  name: 'Early',
  starts_at: '06:00',
  ends_at: '14:30',
  breaks: [{ starts_at: '10:00', ends_at: '10:30' }],
  grace_minutes: 5,
  half_day_under_minutes: null,
  overtime_after_minutes: null,
  valid_from: '2025-03-03',
  version: 1,
  is_retired: false,
  created_at: createdAt,
};

export const shiftUpdated: ShiftOut = { ...shift, ends_at: '14:00', valid_from: '2025-04-01', version: 2 };
export const shiftRetired: ShiftOut = { ...shiftUpdated, valid_from: '2025-06-01', version: 3, is_retired: true };

export const holiday: HolidayOut = {
  holiday_on: '2025-05-01',
  name: 'Labour Day',
  version: 1,
  created_at: createdAt,
};

export const orgConfigBody: OrgConfigBody = {
  name: 'Example Works',
  timezone: 'Europe/Berlin',
  locale: 'de-DE',
  work_week: [1, 2, 3, 4, 5],
  shifts: [shiftCreate],
  holidays: [{ holiday_on: '2025-05-01', name: 'Labour Day' }],
};

export const orgConfig: OrgConfigOut = {
  organization_id: ids.organization,
  slug: 'default',
  name: 'Example Works',
  timezone: 'Europe/Berlin',
  locale: 'de-DE',
  work_week: [1, 2, 3, 4, 5],
  valid_from: '2025-03-03',
  upcoming: [],
  shifts: [shift],
  holidays: [holiday],
  version: 2,
  updated_at: createdAt,
};

export const shiftAssignmentCreate: ShiftAssignmentCreate = {
  user_id: ids.user,
  valid_from: '2025-03-03',
  pattern: [{ shift_id: shiftId, weekdays: [1, 2, 3, 4] }],
};

export const shiftAssignment: ShiftAssignmentOut = {
  assignment_id: assignmentId,
  user_id: ids.user,
  valid_from: '2025-03-03',
  valid_until: null,
  pattern: [{ shift_id: shiftId, weekdays: [1, 2, 3, 4] }],
  created_at: createdAt,
  withdrawn_at: null,
};

export const leaveCreate: LeaveCreate = {
  user_id: ids.user,
  starts_on: '2025-03-10',
  ends_on: '2025-03-14',
  kind: 'vacation',
};

export const leave: LeaveOut = {
  leave_id: leaveId,
  ...leaveCreate,
  until_time: null,
  from_time: null,
  created_at: createdAt,
  withdrawn_at: null,
};

export const withdrawnAt = '2025-03-03T09:30:00.000Z';

export const policy: AttendancePolicyOut = {
  policy_version_id: policyId,
  version: 1,
  valid_from: '2025-03-03',
  rules: {
    pairing: 'first_last',
    min_interval_seconds: 60,
    day_cutoff: '04:00',
    grace_minutes: 10,
    half_day_under_minutes: 240,
    overtime_after_minutes: 15,
  },
  created_by: ids.operator,
  created_at: createdAt,
};

export const policyCurrent: AttendancePolicyCurrent = { in_force: policy, upcoming: [], version: 1 };

export const policyApply: AttendancePolicyApply = { rules: { grace_minutes: 10 }, valid_from: '2025-03-03' };
export const policyPreview: AttendancePolicyPreview = { ...policyApply, from: '2025-03-03', to: '2025-03-31' };

const late = {
  work_date: '2025-03-03',
  check_in_at: '2025-03-03T08:08:00.000Z',
  check_out_at: '2025-03-03T16:03:00.000Z',
  worked_minutes: 475,
  break_minutes: 0,
  early_leave_minutes: 0,
  overtime_minutes: 0,
};

export const policyDifference: AttendancePolicyDifference = {
  valid_from: '2025-03-03',
  rules: policy.rules,
  days: 420,
  examined: 420,
  changed: 1,
  complete: true,
  limit_reached: null,
  differences: [
    {
      user_id: ids.user,
      work_date: '2025-03-03',
      attendance_id: ids.record,
      before: { ...late, status: 'late', late_minutes: 8 },
      after: { ...late, status: 'present', late_minutes: 0 },
    },
  ],
};
