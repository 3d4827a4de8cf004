import { operations, type CorrectionOut } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { lockCorrection, withdrawCorrection } from '../../../data-access/corrections.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

type WithdrawCall = Call<typeof operations.withdrawCorrection>;

/** Of two who withdraw at once the second waits for the first, and then finds it withdrawn. */
export function withdrawCorrectionRoute({ pool, clock }: { readonly pool: Pool; readonly clock: Clock }): Route {
  return defineRoute(operations.withdrawCorrection, async (call) => {
    const { organizationId, userId } = call.principal;
    const correctionId = call.params.correction_id.toLowerCase();
    const reason = call.body.value.reason.trim();
    const withdrawn = await withOrganization(pool, organizationId, async (client) => {
      const before = await lockCorrection(client, correctionId);
      if (before === undefined) throw new AppError('NOT_FOUND');
      if (before.withdrawn_at !== null) throw new AppError('ALREADY_WITHDRAWN');
      const event = withdrawnEvent(call, before, clock.now());
      const withdrawal = { correctionId, withdrawnBy: userId, reason, eventId: event.id };
      const after = await withdrawCorrection(client, withdrawal);
      await appendAudited(client, event, { ...auditContext(call), before, after });
      return after;
    });
    return reply(200, 'CORRECTION_WITHDRAWN', 'The entry was withdrawn.', withdrawn);
  });
}

function withdrawnEvent(call: WithdrawCall, { correction_id, user_id, work_date }: CorrectionOut, now: Date) {
  return newEvent<'attendance.correction_withdrawn'>({
    type: 'attendance.correction_withdrawn',
    organizationId: call.principal.organizationId,
    subject: `attendance-corrections/${correction_id}`,
    actor: call.principal.actor,
    correlationId: call.correlationId,
    payload: { correction_id, user_id, work_date },
    occurredAt: now,
  });
}
