import { operations } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { endDeviceKeys } from '../../../data-access/device-keys.js';
import { lockDevice, removeDevice } from '../../../data-access/devices.js';
import { ringOrganizations } from '../../../data-access/ring-organizations.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { readIfMatch } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { describeDevice } from './describe-device.js';
import type { DevicePorts } from './device-routes.js';

type DeleteCall = Call<typeof operations.deleteDevice>;

export function deleteDeviceRoute(ports: DevicePorts): Route {
  return defineRoute(operations.deleteDevice, async (call) => {
    const id = call.params.device_id.toLowerCase();
    await deleteDevice(ports, call, id, readIfMatch(call.headers));
    ports.forget();
    return reply(200, 'DEVICE_DELETED', 'The device was removed, and its keys ended.', { device_id: id });
  });
}

async function deleteDevice(
  { pool, clock }: DevicePorts,
  call: DeleteCall,
  id: string,
  version: number,
): Promise<void> {
  const { organizationId, actor } = call.principal;
  const now = clock.now();
  await withOrganization(pool, organizationId, async (client) => {
    const before = await lockDevice(client, id, now);
    if (before === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such device.' });
    if (before.version !== version) throw new AppError('PRECONDITION_FAILED');
    const keyIds = await endDeviceKeys(client, id, { now, endsAt: now });
    await removeDevice(client, id, now);
    const event = newEvent<'device.deleted'>({
      type: 'device.deleted',
      organizationId,
      subject: `devices/${id}`,
      actor,
      correlationId: call.correlationId,
      payload: { device_id: id, api_key_ids: keyIds },
      occurredAt: now,
    });
    await appendAudited(client, event, { ...auditContext(call), before: describeDevice(before), after: null });
    await ringOrganizations(client);
  });
}
