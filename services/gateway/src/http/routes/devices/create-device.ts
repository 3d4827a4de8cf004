import { createHash } from 'node:crypto';
import { defaultDeviceScopes, operations, type DeviceCreate, type DeviceWithKey } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type ClientBase } from '@rollcall/postgres';
import { AppError, newId } from '@rollcall/service-kit';
import { newDeviceKey } from '../../../auth/device-keys.js';
import { appendAudited } from '../../../data-access/audited-event.js';
import { insertDeviceKey } from '../../../data-access/device-keys.js';
import { insertDevice, loadDevice, lockSourceByName, updateDevice } from '../../../data-access/devices.js';
import { ringOrganizations } from '../../../data-access/ring-organizations.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { entityTag } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { claimDeviceCall } from './claim-device-call.js';
import { describeDevice } from './describe-device.js';
import type { DevicePorts } from './device-routes.js';

type CreateCall = Call<typeof operations.createDevice>;

const UNIQUE_VIOLATION = '23505';

export function createDeviceRoute(ports: DevicePorts): Route {
  return defineRoute(operations.createDevice, async (call) => {
    const made = await createDevice(ports, call).catch(explainTaken);
    ports.forget();
    const { device_id, version } = made.device;
    return reply(201, 'DEVICE_CREATED', 'The device was added. Its key is shown only now.', made, {
      headers: {
        Location: `/v1/admin/device/${device_id}`,
        ETag: entityTag(version),
        ...(made.api_key === null && { 'Idempotency-Replayed': 'true' }),
      },
    });
  });
}

async function createDevice({ pool, clock }: DevicePorts, call: CreateCall): Promise<DeviceWithKey> {
  const { organizationId } = call.principal;
  const { source_type, source_id } = call.body.value;
  const now = clock.now();
  return withOrganization(pool, organizationId, async (client) => {
    const known = await lockSourceByName(client, source_type, source_id);
    const id = known?.id ?? newId();
    const replayed = await claimDeviceCall(client, call, { bodyHash: fingerprint(call.body.value), deviceId: id, now });
    if (replayed !== undefined) return replayed;
    if (known?.isDevice === true) throw taken();
    await storeDevice(client, call, { id, isKnown: known !== undefined, now });
    const key = newDeviceKey();
    const keyId = newId();
    const scopes = call.body.value.scopes ?? defaultDeviceScopes;
    const name = `key of ${source_type} ${source_id}`;
    const { hash, hint } = key;
    await insertDeviceKey(client, {
      id: keyId,
      organizationId,
      deviceId: id,
      name,
      hash,
      hint,
      scopes,
      createdAt: now,
    });
    const device = await loadDevice(client, id, now);
    if (device === undefined) throw new Error('a device just added is not there');
    const event = newEvent<'device.created'>({
      type: 'device.created',
      organizationId,
      subject: `devices/${id}`,
      actor: call.principal.actor,
      correlationId: call.correlationId,
      payload: { device_id: id, api_key_id: keyId },
      occurredAt: now,
    });
    await appendAudited(client, event, { ...auditContext(call), before: null, after: describeDevice(device) });
    await ringOrganizations(client);
    return { device, api_key: key.key, previous_keys_end_at: null };
  });
}

/** A source that only a frame named, or that was removed, is taken over: what it saw belongs to the same door. */
async function storeDevice(
  client: ClientBase,
  call: CreateCall,
  { id, isKnown, now }: { readonly id: string; readonly isKnown: boolean; readonly now: Date },
): Promise<void> {
  const { source_type, source_id, name, direction = 'both', capture_mode: captureMode = 'single' } = call.body.value;
  const settings = { name: name?.trim() ?? null, direction, captureMode, isActive: true };
  if (isKnown) {
    await updateDevice(client, id, settings, now);
    return;
  }
  const { organizationId } = call.principal;
  const source = { id, organizationId, sourceType: source_type, sourceId: source_id, createdAt: now };
  await insertDevice(client, { ...source, ...settings });
}

function fingerprint({ source_type, source_id, name, direction, capture_mode, scopes }: DeviceCreate): Buffer {
  const fields = JSON.stringify([source_type, source_id, name, direction, capture_mode, scopes?.toSorted()]);
  return createHash('sha256').update(fields).digest();
}

function taken(cause?: unknown): AppError {
  return new AppError('CONFLICT', {
    message: 'There is a device of this type and source_id already.',
    errors: [{ path: '/source_id', code: 'TAKEN', message: 'is used by another device' }],
    cause,
  });
}

/** Two at once that add the same device: the second meets the first's row only when inserting. */
function explainTaken(error: unknown): never {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  const isName = constraint === 'sources_organization_id_source_type_external_id_key';
  throw code === UNIQUE_VIOLATION && isName ? taken(error) : error;
}
