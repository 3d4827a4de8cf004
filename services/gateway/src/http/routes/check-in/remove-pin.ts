import { operations } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { deletePin, findPinHolder } from '../../../data-access/user-pins.js';
import { auditContext } from '../../audit-context.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function removePinRoute({ pool, clock }: { readonly pool: Pool; readonly clock: Clock }): Route {
  return defineRoute(operations.removePin, async (call) => {
    const { organizationId, actor } = call.principal;
    const userId = call.params.user_id.toLowerCase();
    await withOrganization(pool, organizationId, async (client) => {
      const holder = await findPinHolder(client, { userId, employeeCode: null });
      if (holder === undefined) throw new AppError('USER_NOT_FOUND');
      if (!(await deletePin(client, userId))) throw new AppError('NOT_FOUND', { message: 'This person has no PIN.' });
      const event = newEvent<'pin.removed'>({
        type: 'pin.removed',
        organizationId,
        subject: `users/${userId}`,
        actor,
        correlationId: call.correlationId,
        payload: { user_id: userId },
        occurredAt: clock.now(),
      });
      await appendAudited(client, event, {
        ...auditContext(call),
        before: { has_pin: true },
        after: { has_pin: false },
      });
    });
    return reply(200, 'PIN_REMOVED', 'The PIN is gone.', { user_id: userId });
  });
}
