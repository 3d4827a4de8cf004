import { operations } from '@rollcall/contracts';
import { withOrganization } from '@rollcall/postgres';
import { AppError, isAppError } from '@rollcall/service-kit';
import { loadReview } from '../../../data-access/reviews.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { assign, type AssignPorts } from './assign-sightings.js';
import { answerDecided, claimOf, replayHeader } from './decide-review.js';

/** "This is X" about one sighting. */
export function assignReviewRoute(ports: AssignPorts): Route {
  return defineRoute(operations.assignReview, async (call) => {
    const reviewId = call.params.review_id.toLowerCase();
    const { user_id, enrol = true } = call.body.value;
    const userId = user_id.toLowerCase();
    const claim = claimOf(call, operations.assignReview.id, reviewId, [userId, enrol]);
    const order = { claim, userId, enrol, reviewIds: [reviewId], unknownFaceId: null };
    try {
      const { assignment, replayed } = await assign(ports, call, order);
      return reply(200, 'REVIEW_ASSIGNED', 'It is attendance now.', assignment, { headers: replayHeader(replayed) });
    } catch (error) {
      return answerDecided(ports.pool, call, reviewId, await explain(error));
    }

    /** No open sighting: either there is none, or somebody was first. */
    async function explain(error: unknown): Promise<unknown> {
      if (!isAppError(error, 'NOT_FOUND')) return error;
      const review = await withOrganization(ports.pool, call.principal.organizationId, (client) =>
        loadReview(client, reviewId),
      );
      return review === undefined ? error : new AppError('REVIEW_DECIDED');
    }
  });
}
