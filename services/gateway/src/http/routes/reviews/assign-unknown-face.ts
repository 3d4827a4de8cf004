import { operations } from '@rollcall/contracts';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { assign, type AssignPorts } from './assign-sightings.js';
import { claimOf, replayHeader } from './decide-review.js';

/** "This is X" about all, or some, of an unknown face's sightings. */
export function assignUnknownFaceRoute(ports: AssignPorts): Route {
  return defineRoute(operations.assignUnknownFace, async (call) => {
    const unknownFaceId = call.params.unknown_face_id.toLowerCase();
    const { user_id, enrol = true, review_ids } = call.body.value;
    const userId = user_id.toLowerCase();
    const reviewIds = review_ids?.map((id) => id.toLowerCase()) ?? null;
    const claim = claimOf(call, operations.assignUnknownFace.id, unknownFaceId, [userId, enrol, reviewIds]);
    const order = { claim, userId, enrol, reviewIds, unknownFaceId };
    const { assignment, replayed } = await assign(ports, call, order);
    return reply(200, 'UNKNOWN_FACE_ASSIGNED', 'Its sightings are attendance now.', assignment, {
      headers: replayHeader(replayed),
    });
  });
}
