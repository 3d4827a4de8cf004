import { MAX_SIGHTINGS_A_CALL, operations } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { dismissUnknownFace } from '../../../data-access/review-decisions.js';
import { countOpenSightings } from '../../../data-access/unknown-faces.js';
import { auditContext } from '../../audit-context.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import type { DecisionPorts } from './decide-review.js';

/** Puts a stranger aside: whoever comes second finds nothing there any more. */
export function rejectUnknownFaceRoute({ pool, clock }: DecisionPorts): Route {
  return defineRoute(operations.rejectUnknownFace, async (call) => {
    const { organizationId, actor, userId } = call.principal;
    const unknownFaceId = call.params.unknown_face_id.toLowerCase();
    const { reviewIds, remaining } = await withOrganization(pool, organizationId, async (client) => {
      const dismissed = await dismissUnknownFace(client, unknownFaceId, userId, MAX_SIGHTINGS_A_CALL);
      if (dismissed.length === 0) throw new AppError('NOT_FOUND');
      const event = newEvent<'unknown_face.dismissed'>({
        type: 'unknown_face.dismissed',
        organizationId,
        subject: `unknown-faces/${unknownFaceId}`,
        actor,
        correlationId: call.correlationId,
        payload: { unknown_face_id: unknownFaceId, review_ids: dismissed },
        occurredAt: clock.now(),
      });
      const words = { before: { status: 'open' }, after: { status: 'rejected', sightings: dismissed.length } };
      await appendAudited(client, event, { ...auditContext(call), ...words });
      return { reviewIds: dismissed, remaining: await countOpenSightings(client, unknownFaceId) };
    });
    const outcome = { unknown_face_id: unknownFaceId, sightings: reviewIds.length, remaining };
    return reply(200, 'UNKNOWN_FACE_REJECTED', 'Its sightings are no attendance.', outcome);
  });
}
