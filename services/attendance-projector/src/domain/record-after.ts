import { isDeepStrictEqual } from 'node:util';
import { recordForDay } from '@rollcall/attendance-rules';
import type { StoredEvent } from '@rollcall/contracts';
import type { AttendanceRecord, PersonDay } from './attendance.js';
import { attendanceRecordId } from './deterministic-ids.js';
import { policyInForce, type OrganizationRules } from './organization-rules.js';

/**
 * The record of a day as it stands after an event: the one there was, the same object, when it comes out the same.
 * Policies and corrections count as they were known when the event was recorded, so that a replay gives the same record.
 */
export function recordAfter(day: PersonDay, event: StoredEvent, rules: OrganizationRules): AttendanceRecord | null {
  const { userId, workDate } = day;
  const { organizationId, recordedAt } = event;
  const policy = policyInForce(rules, workDate, recordedAt);
  const knownAt = recordedAt.getTime();
  const corrections = day.corrections
    .filter(({ createdAt }) => createdAt <= knownAt)
    .map(({ withdrawnAt, ...entry }) => ({ ...entry, withdrawn: withdrawnAt !== null && withdrawnAt <= knownAt }));
  const computed = recordForDay(
    day.sightings,
    corrections,
    { versionId: policy.id, rules: policy.rules },
    { userId, workDate },
  );
  if (computed === undefined) return day.record;
  const record: AttendanceRecord = {
    id: attendanceRecordId(organizationId, userId, workDate, computed.shiftId),
    organizationId,
    userId,
    workDate,
    shiftId: computed.shiftId,
    checkInAt: toDate(computed.checkInAt),
    checkOutAt: toDate(computed.checkOutAt),
    status: computed.status,
    workedMinutes: computed.workedMinutes,
    breakMinutes: computed.breakMinutes,
    lateMinutes: computed.lateMinutes,
    earlyLeaveMinutes: computed.earlyLeaveMinutes,
    overtimeMinutes: computed.overtimeMinutes,
    source: computed.source,
    corrected: computed.corrected,
    visitCount: computed.visitCount,
    evidence: computed.evidence,
    policyVersionId: computed.policyVersionId,
    eventId: event.id,
  };
  return day.record !== null && isSame(day.record, record) ? day.record : record;
}

function toDate(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds);
}

/** Everything but the event that wrote it. */
function isSame(before: AttendanceRecord, after: AttendanceRecord): boolean {
  return isDeepStrictEqual({ ...before, eventId: null }, { ...after, eventId: null });
}
