import { createHash } from 'node:crypto';
import {
  defaultDeviceScopes,
  defaultKeyOverlapSeconds,
  operations,
  type DeviceOut,
  type DeviceWithKey,
} from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type ClientBase } from '@rollcall/postgres';
import { AppError, newId } from '@rollcall/service-kit';
import { newDeviceKey } from '../../../auth/device-keys.js';
import { appendAudited } from '../../../data-access/audited-event.js';
import { endDeviceKeys, insertDeviceKey } from '../../../data-access/device-keys.js';
import { loadDevice, lockDevice, raiseDeviceVersion } from '../../../data-access/devices.js';
import { ringOrganizations } from '../../../data-access/ring-organizations.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import { entityTag } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { claimDeviceCall } from './claim-device-call.js';
import type { DevicePorts } from './device-routes.js';

type RotateCall = Call<typeof operations.rotateDeviceKey>;

/** A new key beside the present ones, which end after the overlap: a device is never without a key that is good. */
export function rotateKeyRoute(ports: DevicePorts): Route {
  return defineRoute(operations.rotateDeviceKey, async (call) => {
    const rotated = await rotateKey(ports, call);
    ports.forget();
    return reply(201, 'DEVICE_KEY_ROTATED', 'The device has a new key. It is shown only now.', rotated, {
      headers: {
        ETag: entityTag(rotated.device.version),
        ...(rotated.api_key === null && { 'Idempotency-Replayed': 'true' }),
      },
    });
  });
}

async function rotateKey({ pool, clock }: DevicePorts, call: RotateCall): Promise<DeviceWithKey> {
  const { organizationId } = call.principal;
  const deviceId = call.params.device_id.toLowerCase();
  const { overlap_seconds: overlap = defaultKeyOverlapSeconds } = call.body.value;
  const now = clock.now();
  return withOrganization(pool, organizationId, async (client) => {
    const before = await lockDevice(client, deviceId, now);
    if (before === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such device.' });
    const bodyHash = createHash('sha256')
      .update(JSON.stringify([deviceId, overlap]))
      .digest();
    const replayed = await claimDeviceCall(client, call, {
      route: operations.rotateDeviceKey.id,
      bodyHash,
      deviceId,
      now,
    });
    if (replayed !== undefined) return replayed;
    const endsAt = new Date(now.getTime() + overlap * 1_000);
    const previousIds = await endDeviceKeys(client, deviceId, { now, endsAt });
    const key = await addKey(client, call, before, now);
    await raiseDeviceVersion(client, deviceId, now);
    const device = await loadDevice(client, deviceId, now);
    if (device === undefined) throw new Error('a device just changed is not there');
    const previousEnd = lastEnd(device, key.id);
    await tell(client, call, { deviceId, keyId: key.id, previousIds, previousEnd, now });
    await ringOrganizations(client);
    return { device, api_key: key.text, previous_keys_end_at: previousEnd };
  });
}

async function addKey(client: ClientBase, call: RotateCall, device: DeviceOut, now: Date) {
  const { organizationId } = call.principal;
  const { key: text, hash, hint } = newDeviceKey();
  const id = newId();
  const scopes = device.scopes.length > 0 ? device.scopes : defaultDeviceScopes;
  const name = `key of ${device.source_type} ${device.source_id}`;
  const { device_id: deviceId } = device;
  await insertDeviceKey(client, { id, organizationId, deviceId, name, hash, hint, scopes, createdAt: now });
  return { id, text };
}

/** When the last of the older keys ends; null: none of them is good any more. */
function lastEnd({ keys }: DeviceOut, newKeyId: string): string | null {
  const ends = keys.filter(({ key_id }) => key_id !== newKeyId).map(({ expires_at }) => expires_at ?? '');
  return ends.toSorted().at(-1) ?? null;
}

interface Rotation {
  readonly deviceId: string;
  readonly keyId: string;
  readonly previousIds: readonly string[];
  readonly previousEnd: string | null;
  readonly now: Date;
}

async function tell(client: ClientBase, call: RotateCall, rotation: Rotation): Promise<void> {
  const { deviceId, keyId, previousIds, previousEnd, now } = rotation;
  const event = newEvent<'device.key_rotated'>({
    type: 'device.key_rotated',
    organizationId: call.principal.organizationId,
    subject: `devices/${deviceId}`,
    actor: call.principal.actor,
    correlationId: call.correlationId,
    payload: {
      device_id: deviceId,
      api_key_id: keyId,
      previous_key_ids: [...previousIds],
      previous_keys_end_at: previousEnd,
    },
    occurredAt: now,
  });
  await appendAudited(client, event, auditContext(call));
}
