import { operations } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import type { ObjectStore } from '@rollcall/object-store';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import { findEvidenceCrop } from '../../../data-access/attendance-logs.js';
import { appendAudited } from '../../../data-access/audited-event.js';
import { auditContext } from '../../audit-context.js';
import { raw } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export interface EvidenceCropPorts {
  readonly pool: Pool;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly clock: Clock;
}

/**
 * A face is shown only after the look is in the trail; the file is read outside of any transaction. Whoever is no operator
 * sees their own face alone: what `crop_url` of their own records leads to.
 */
export function getEvidenceCropRoute({ pool, objects, clock }: EvidenceCropPorts): Route {
  return defineRoute(operations.getEvidenceCrop, async (call) => {
    const { organizationId, actor, role, userId } = call.principal;
    const logId = call.params.attendance_log_id.toLowerCase();
    const crop = await withOrganization(pool, organizationId, (client) => findEvidenceCrop(client, logId));
    // Somebody else's is answered as one there is not: whether there is one is nobody's business.
    if (crop === undefined || (role === 'USER' && crop.userId !== userId)) throw new AppError('NOT_FOUND');
    if (crop.objectKey === null) throw new AppError('OBJECT_NOT_FOUND', { message: 'The crop is not kept any more.' });
    const bytes = await objects.get(crop.objectKey);
    const event = newEvent<'evidence.viewed'>({
      type: 'evidence.viewed',
      organizationId,
      subject: `attendance-logs/${logId}`,
      actor,
      correlationId: call.correlationId,
      payload: { attendance_log_id: logId, user_id: crop.userId },
      occurredAt: clock.now(),
    });
    await withOrganization(pool, organizationId, (client) => appendAudited(client, event, auditContext(call)));
    return raw('image/jpeg', bytes, { 'Cache-Control': 'private, no-store' });
  });
}
