import { operations } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { forgetRejection } from '../../../data-access/review-decisions.js';
import { loadReview } from '../../../data-access/reviews.js';
import { auditContext } from '../../audit-context.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import type { DecisionPorts } from './decide-review.js';

/** Takes back what a rejection by mistake would cost the person for ever. */
export function forgetRejectionRoute({ pool, clock }: DecisionPorts): Route {
  return defineRoute(operations.forgetRejection, async (call) => {
    const { organizationId, actor } = call.principal;
    const reviewId = call.params.review_id.toLowerCase();
    const review = await withOrganization(pool, organizationId, async (client) => {
      const userId = await forgetRejection(client, reviewId);
      if (userId === undefined) throw new AppError('NOT_FOUND');
      const event = newEvent<'review.rejection_forgotten'>({
        type: 'review.rejection_forgotten',
        organizationId,
        subject: `reviews/${reviewId}`,
        actor,
        correlationId: call.correlationId,
        payload: { review_id: reviewId, user_id: userId },
        occurredAt: clock.now(),
      });
      const words = { before: { remembered: true }, after: { remembered: false } };
      await appendAudited(client, event, { ...auditContext(call), ...words });
      return loadReview(client, reviewId);
    });
    if (review === undefined) throw new AppError('NOT_FOUND');
    return reply(200, 'REJECTION_FORGOTTEN', 'Faces like it may be offered again.', review);
  });
}
