import type { NewEvent } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import type { NewCorrection } from '../../../data-access/corrections.js';
import type { Call } from '../../call.js';

type Caller = Pick<Call, 'correlationId'> & { readonly principal: { organizationId: string; actor: string } };

/** What tells others of an entry: without the reason, which is somebody's words. */
export function toCorrectedEvent(call: Caller, correction: NewCorrection, now: Date): NewEvent {
  const { id, userId, workDate, checkInAt, checkOutAt, status, eventId } = correction;
  return newEvent<'attendance.corrected'>({
    id: eventId,
    type: 'attendance.corrected',
    organizationId: call.principal.organizationId,
    subject: `attendance-corrections/${id}`,
    actor: call.principal.actor,
    correlationId: call.correlationId,
    payload: {
      correction_id: id,
      user_id: userId,
      work_date: workDate,
      check_in_at: checkInAt?.toISOString() ?? null,
      check_out_at: checkOutAt?.toISOString() ?? null,
      status,
    },
    occurredAt: now,
  });
}

/** The entry in the words of the audit trail. */
export function describeCorrection(correction: NewCorrection): Readonly<Record<string, unknown>> {
  return {
    user_id: correction.userId,
    work_date: correction.workDate,
    check_in_at: correction.checkInAt?.toISOString() ?? null,
    check_out_at: correction.checkOutAt?.toISOString() ?? null,
    status: correction.status,
    reason: correction.reason,
  };
}
