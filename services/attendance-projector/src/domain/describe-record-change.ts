import type { AttendanceRecord } from './attendance.js';
import type { JsonObject } from '@rollcall/audit-trail';
import type { RecordChange } from './record-events.js';

/** What a record said that is no more, for the trail's erasable part. */
export function describeRemovedRecord(removed: AttendanceRecord): JsonObject {
  return { before: describeRecord(removed), after: null };
}

/** Before and after, for the trail's erasable part. */
export function describeRecordChange({ before, after, logIds }: RecordChange): JsonObject {
  return {
    before: before === null ? null : describeRecord(before),
    after: describeRecord(after),
    attendance_log_ids: [...logIds],
  };
}

function describeRecord(record: AttendanceRecord): JsonObject {
  return {
    check_in_at: record.checkInAt?.toISOString() ?? null,
    check_out_at: record.checkOutAt?.toISOString() ?? null,
    status: record.status,
    shift_id: record.shiftId,
    worked_minutes: record.workedMinutes,
    break_minutes: record.breakMinutes,
    late_minutes: record.lateMinutes,
    early_leave_minutes: record.earlyLeaveMinutes,
    overtime_minutes: record.overtimeMinutes,
    source: record.source,
    corrected: record.corrected,
  };
}
