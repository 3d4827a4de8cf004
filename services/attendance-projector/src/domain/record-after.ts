import { isDeepStrictEqual } from 'node:util';
import { isKnown, personDayRules, recordForDay } from '@rollcall/attendance-rules';
import type { StoredEvent } from '@rollcall/contracts';
import type { AttendanceRecord, PersonDay } from './attendance.js';
import { attendanceRecordId } from './deterministic-ids.js';
import { personOf, rulesKnownTo, type OrganizationRules } from './organization-rules.js';

/**
 * The record of a day as it stands after an event: the one there was, the same object, when it comes out the same; null
 * when there is nothing to record. Policies, calendar and corrections count as they were known at the event's place in
 * the log, and the day is over when it was over as the event was recorded: so a replay gives the same record.
 */
export function recordAfter(day: PersonDay, event: StoredEvent, rules: OrganizationRules): AttendanceRecord | null {
  const { userId, workDate } = day;
  const { organizationId, recordedAt } = event;
  const known = rulesKnownTo(rules, event);
  const { policy, calendar } = personDayRules(known, personOf(rules, userId), workDate, recordedAt.getTime());
  const corrections = day.corrections
    .filter((entry) => isKnown(entry.known, event))
    .map((entry) => ({ ...entry, withdrawn: entry.withdrawn !== null && isKnown(entry.withdrawn, event) }));
  const computed = recordForDay(day.sightings, corrections, policy, calendar);
  if (computed === undefined) return null;
  const record: AttendanceRecord = {
    id: attendanceRecordId(organizationId, userId, workDate),
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
    replaced: computed.replaced,
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
