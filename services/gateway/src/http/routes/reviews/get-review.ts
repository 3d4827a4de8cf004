import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { loadReview } from '../../../data-access/reviews.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function getReviewRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.getReview, async ({ principal, params }) => {
    const review = await withOrganization(pool, principal.organizationId, (client) =>
      loadReview(client, params.review_id),
    );
    if (review === undefined) throw new AppError('NOT_FOUND');
    return reply(200, 'REVIEW_FOUND', 'The sighting.', review);
  });
}
