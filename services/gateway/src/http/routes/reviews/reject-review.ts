import { operations } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';
import { AppError, newId } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { rejectReview, type Rejection } from '../../../data-access/review-decisions.js';
import { auditContext } from '../../audit-context.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { answerDecided, decideReview, replayHeader, type DecisionCall, type DecisionPorts } from './decide-review.js';

/** "That was not X": no attendance, and faces like it are not offered as X again. */
export function rejectReviewRoute({ pool, clock }: DecisionPorts): Route {
  return defineRoute(operations.rejectReview, async (call) => {
    const reviewId = call.params.review_id.toLowerCase();
    const body = call.body.value;
    const draft = {
      ...{ reviewId, decidedBy: call.principal.userId, rejectionId: newId() },
      remember: body.remember ?? null,
    };
    const decision = {
      ...{ route: operations.rejectReview.id, reviewId, body },
      decide: async (client: ClientBase) => {
        const outcome = await rejectReview(client, draft);
        if (outcome === undefined) throw new AppError('NOT_FOUND');
        if (outcome.status === 'decided') throw new AppError('REVIEW_DECIDED');
        await tell(client, call, outcome, clock.now());
      },
    };
    try {
      const { review, replayed } = await decideReview(pool, call, decision);
      return reply(200, 'REVIEW_REJECTED', 'It is no attendance.', review, { headers: replayHeader(replayed) });
    } catch (error) {
      return answerDecided(pool, call, reviewId, error);
    }
  });
}

function tell(
  client: ClientBase,
  call: DecisionCall,
  { sighting, remembered }: Extract<Rejection, { status: 'rejected' }>,
  occurredAt: Date,
): Promise<void> {
  const { review_id, recognized_face_id, recognition_id, kind, candidate_user_id: user_id } = sighting;
  const event = newEvent<'review.rejected'>({
    type: 'review.rejected',
    organizationId: call.principal.organizationId,
    subject: `reviews/${review_id}`,
    actor: call.principal.actor,
    correlationId: call.correlationId,
    payload: { review_id, recognized_face_id, recognition_id, kind, user_id, remembered },
    occurredAt,
  });
  return appendAudited(client, event, {
    ...auditContext(call),
    before: { status: 'open', user_id },
    after: { status: 'rejected', remembered },
  });
}
