import { operations } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { skipProjectionEvent } from '../../../data-access/skipped-events.js';
import { auditContext } from '../../audit-context.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

/** Has records go on past the event at which they stand still: the skip, its event and its reason in one transaction. */
export function skipEventRoute({ pool, clock }: { readonly pool: Pool; readonly clock: Clock }): Route {
  return defineRoute(operations.skipProjectionEvent, async (call) => {
    const { organizationId, actor } = call.principal;
    const eventId = call.body.value.event_id.toLowerCase();
    const reason = call.body.value.reason.trim();
    const { event, unchanged } = await withOrganization(pool, organizationId, async (client) => {
      const outcome = await skipProjectionEvent(client, { eventId, reason, actor });
      if (outcome === undefined) throw new AppError('NOT_FOUND');
      if (outcome.unchanged) return outcome;
      const { projection, event_type, failure } = outcome.event;
      const skipped = newEvent<'projection.event_skipped'>({
        type: 'projection.event_skipped',
        organizationId,
        subject: `events/${eventId}`,
        actor,
        correlationId: call.correlationId,
        payload: { projection, event_id: eventId, event_type, failure },
        occurredAt: clock.now(),
      });
      await appendAudited(client, skipped, {
        ...auditContext(call),
        before: null,
        after: { event_type, failure, reason },
      });
      return outcome;
    });
    const headers = unchanged ? { 'Idempotency-Replayed': 'true' } : {};
    return reply(200, 'PROJECTION_EVENT_SKIPPED', 'Records go on behind it.', event, { headers });
  });
}
