import type { DeviceWithKey } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { loadDevice } from '../../../data-access/devices.js';
import { claimIdempotencyKey } from '../../../data-access/idempotency-keys.js';
import type { Call, UserPrincipal } from '../../call.js';
import { readIdempotencyKey } from '../../reading/read-idempotency-key.js';

type KeyCall = Pick<Call, 'headers'> & { readonly principal: UserPrincipal };

/**
 * Claims the idempotency key of a call that makes a device key, when it has one. A repeat is answered with the device
 * as it is now and without a key: that was shown once and is stored nowhere.
 */
export async function claimDeviceCall(
  client: ClientBase,
  { headers, principal }: KeyCall,
  claim: { readonly route?: string; readonly bodyHash: Uint8Array; readonly deviceId: string; readonly now: Date },
): Promise<DeviceWithKey | undefined> {
  const key = readIdempotencyKey(headers['idempotency-key']);
  if (key === null) return undefined;
  const { organizationId, actor } = principal;
  const { route = 'createDevice', bodyHash, deviceId: resultId, now } = claim;
  const result = await claimIdempotencyKey(client, {
    organizationId,
    principal: actor,
    route,
    key,
    bodyHash,
    resultId,
  });
  if (result.outcome === 'conflict') throw new AppError('IDEMPOTENCY_KEY_REUSED');
  if (result.outcome === 'claimed') return undefined;
  const device = await loadDevice(client, result.resultId, now);
  if (device === undefined) throw new AppError('NOT_FOUND', { message: 'There is no such device.' });
  return { device, api_key: null, previous_keys_end_at: null };
}
