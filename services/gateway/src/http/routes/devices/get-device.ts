import { operations } from '@rollcall/contracts';
import { withOrganization } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { loadDevice } from '../../../data-access/devices.js';
import { entityTag } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import type { DevicePorts } from './device-routes.js';

export function getDeviceRoute({ pool, clock }: DevicePorts): Route {
  return defineRoute(operations.getDevice, async ({ principal, params }) => {
    const device = await withOrganization(pool, principal.organizationId, (client) =>
      loadDevice(client, params.device_id, clock.now()),
    );
    if (device === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such device.' });
    return reply(200, 'DEVICE_FOUND', 'The device.', device, { headers: { ETag: entityTag(device.version) } });
  });
}
