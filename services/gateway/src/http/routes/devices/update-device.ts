import { operations, type DeviceOut, type DeviceUpdate } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type ClientBase } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { setDeviceScopes } from '../../../data-access/device-keys.js';
import { loadDevice, lockDevice, updateDevice } from '../../../data-access/devices.js';
import { ringOrganizations } from '../../../data-access/ring-organizations.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { entityTag, readIfMatch } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { describeDevice } from './describe-device.js';
import type { DevicePorts } from './device-routes.js';

type UpdateCall = Call<typeof operations.updateDevice>;

export function updateDeviceRoute(ports: DevicePorts): Route {
  return defineRoute(operations.updateDevice, async (call) => {
    const device = await changeDevice(ports, call, readIfMatch(call.headers));
    ports.forget();
    return reply(200, 'DEVICE_UPDATED', 'The device was changed.', device, {
      headers: { ETag: entityTag(device.version) },
    });
  });
}

async function changeDevice({ pool, clock }: DevicePorts, call: UpdateCall, version: number): Promise<DeviceOut> {
  const { organizationId, actor } = call.principal;
  const id = call.params.device_id.toLowerCase();
  const now = clock.now();
  return withOrganization(pool, organizationId, async (client) => {
    const before = await lockDevice(client, id, now);
    if (before === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such device.' });
    if (before.version !== version) throw new AppError('PRECONDITION_FAILED');
    await store(client, before, call.body.value, now);
    const after = await loadDevice(client, id, now);
    if (after === undefined) throw new Error('a device just changed is not there');
    const event = newEvent<'device.updated'>({
      type: 'device.updated',
      organizationId,
      subject: `devices/${id}`,
      actor,
      correlationId: call.correlationId,
      payload: { device_id: id, changed: Object.keys(call.body.value).toSorted() },
      occurredAt: now,
    });
    const words = { before: describeDevice(before), after: describeDevice(after) };
    await appendAudited(client, event, { ...auditContext(call), ...words });
    await ringOrganizations(client);
    return after;
  });
}

async function store(client: ClientBase, before: DeviceOut, update: DeviceUpdate, now: Date): Promise<void> {
  const { name = before.name, direction = before.direction, capture_mode: captureMode = before.capture_mode } = update;
  const { is_active: isActive = before.is_active, scopes } = update;
  await updateDevice(client, before.device_id, { name: name?.trim() ?? null, direction, captureMode, isActive }, now);
  if (scopes === undefined) return;
  const changed = await setDeviceScopes(client, before.device_id, { scopes, now });
  if (changed === 0) {
    throw new AppError('CONFLICT', {
      message: 'This device has no key: rotate-key gives it one.',
      errors: [{ path: '/scopes', code: 'NO_KEY', message: 'belong to a key' }],
    });
  }
}
