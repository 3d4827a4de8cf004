import { operations } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import type { ObjectStore } from '@rollcall/object-store';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { findReviewCrop } from '../../../data-access/reviews.js';
import { auditContext } from '../../audit-context.js';
import { raw } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export interface ReviewCropPorts {
  readonly pool: Pool;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly clock: Clock;
}

/** A face is shown only after the look is in the trail; the file is read outside of any transaction. */
export function getReviewCropRoute({ pool, objects, clock }: ReviewCropPorts): Route {
  return defineRoute(operations.getReviewCrop, async (call) => {
    const { organizationId, actor } = call.principal;
    const reviewId = call.params.review_id.toLowerCase();
    const crop = await withOrganization(pool, organizationId, (client) => findReviewCrop(client, reviewId));
    if (crop === undefined) throw new AppError('NOT_FOUND');
    if (crop.objectKey === null) throw new AppError('OBJECT_NOT_FOUND', { message: 'The crop is not kept any more.' });
    const bytes = await objects.get(crop.objectKey);
    const event = newEvent<'review.viewed'>({
      type: 'review.viewed',
      organizationId,
      subject: `reviews/${reviewId}`,
      actor,
      correlationId: call.correlationId,
      payload: { review_id: reviewId, recognized_face_id: crop.recognizedFaceId, user_id: crop.candidateUserId },
      occurredAt: clock.now(),
    });
    await withOrganization(pool, organizationId, (client) => appendAudited(client, event, auditContext(call)));
    return raw('image/jpeg', bytes, { 'Cache-Control': 'private, no-store' });
  });
}
