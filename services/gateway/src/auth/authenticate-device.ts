import { AppError, type Clock } from '@rollcall/service-kit';
import type { DevicePrincipal } from '../http/call.js';
import type { DeviceKeyLookup } from './device-key-lookup.js';
import { hashDeviceKey } from './device-keys.js';

/**
 * How long a gateway that was not told of it may still take a key that was revoked, ms. Longer than for people: there is
 * a key for every camera, each with frames every second, and gateways are told of changes by a ring.
 */
export const DEVICE_TTL_MS = 10_000;

export interface AuthenticateDeviceOptions {
  readonly devices: Pick<DeviceKeyLookup, 'of'>;
  readonly onUse: (apiKeyId: string) => void;
  readonly clock: Clock;
}

/**
 * Whose a device key is: a hash and a look into memory a frame, and a query at most once in ten
 * seconds a key.
 */
export function createAuthenticateDevice(
  options: AuthenticateDeviceOptions,
): (key: string, address: string) => Promise<DevicePrincipal> {
  const { devices, clock, onUse } = options;

  return async (key, address) => {
    const device = await devices.of(hashDeviceKey(key), address);
    const endsAt = device?.expiresAt ?? null;
    const ended = endsAt !== null && endsAt <= clock.now();
    if (device === undefined || ended) throw new AppError('UNAUTHENTICATED');
    onUse(device.apiKeyId);
    return device.principal;
  };
}
