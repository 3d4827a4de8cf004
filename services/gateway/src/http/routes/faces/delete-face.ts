import { operations } from '@rollcall/contracts';
import { ringEvents } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, newId } from '@rollcall/service-kit';
import { insertAuditDetail } from '../../../data-access/audit-details.js';
import { deleteFace, findFaceOwner } from '../../../data-access/faces.js';
import { auditContext } from '../../audit-context.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function deleteFaceRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.deleteFace, async (call) => {
    const { organizationId, actor } = call.principal;
    const faceId = call.params.face_id.toLowerCase();
    const userId = await withOrganization(pool, organizationId, async (client) => {
      const owner = await findFaceOwner(client, faceId);
      const eventId = newId();
      const deletion = { faceId, eventId, actor, correlationId: call.correlationId };
      if (owner === undefined || !(await deleteFace(client, deletion))) throw new AppError('NOT_FOUND');
      await insertAuditDetail(client, { eventId, organizationId, detail: auditContext(call) });
      await ringEvents(client);
      return owner;
    });
    return reply(200, 'FACE_DELETED', 'The face is erased.', { face_id: faceId, user_id: userId });
  });
}
