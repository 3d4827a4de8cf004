import { operations, type EventPayload } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { confirmReview } from '../../../data-access/review-decisions.js';
import { auditContext } from '../../audit-context.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { answerDecided, decideReview, replayHeader, type DecisionCall, type DecisionPorts } from './decide-review.js';

/** "That was X": attendance at the time of the frame, once the projector has read the event. */
export function confirmReviewRoute({ pool, clock }: DecisionPorts): Route {
  return defineRoute(operations.confirmReview, async (call) => {
    const reviewId = call.params.review_id.toLowerCase();
    const body = call.body.value;
    const userId = body.user_id?.toLowerCase() ?? null;
    const decision = {
      ...{ route: operations.confirmReview.id, reviewId, body },
      decide: async (client: ClientBase) => {
        const sighting = await confirm(client, reviewId, userId, call.principal.userId);
        await tell(client, call, sighting, clock.now());
      },
    };
    try {
      const { review, replayed } = await decideReview(pool, call, decision);
      return reply(200, 'REVIEW_CONFIRMED', 'It is attendance now.', review, { headers: replayHeader(replayed) });
    } catch (error) {
      return answerDecided(pool, call, reviewId, error);
    }
  });
}

async function confirm(
  client: ClientBase,
  reviewId: string,
  userId: string | null,
  decidedBy: string,
): Promise<EventPayload<'review.confirmed'>> {
  const outcome = await confirmReview(client, reviewId, userId, decidedBy);
  switch (outcome?.status) {
    case undefined:
      throw new AppError('NOT_FOUND');
    case 'decided':
      throw new AppError('REVIEW_DECIDED');
    case 'user_gone':
      throw new AppError('USER_NOT_FOUND');
    case 'user_required':
      throw new AppError('VALIDATION_FAILED', {
        errors: [{ path: '/user_id', code: 'REQUIRED', message: 'is required: nobody was recognized' }],
      });
    case 'confirmed':
      return outcome.sighting;
  }
}

function tell(
  client: ClientBase,
  call: DecisionCall,
  payload: EventPayload<'review.confirmed'>,
  occurredAt: Date,
): Promise<void> {
  const event = newEvent<'review.confirmed'>({
    type: 'review.confirmed',
    organizationId: call.principal.organizationId,
    subject: `reviews/${payload.review_id}`,
    actor: call.principal.actor,
    correlationId: call.correlationId,
    payload,
    occurredAt,
  });
  return appendAudited(client, event, {
    ...auditContext(call),
    before: { status: 'open', user_id: payload.candidate_user_id },
    after: { status: 'confirmed', user_id: payload.user_id },
  });
}
