import { describe, expect, it, vi } from 'vitest';
import type { DeviceByKey } from '../data-access/device-keys.js';
import { createRemembered } from '../data-access/remembered.js';
import type { DevicePrincipal } from '../http/call.js';
import { createAuthenticateDevice } from './authenticate-device.js';
import { newDeviceKey } from './device-keys.js';

const principal = { kind: 'device', deviceId: 'd' } as DevicePrincipal;
const { key, hash } = newDeviceKey();

function authenticateWith(found: Partial<DeviceByKey> | undefined) {
  let now = new Date('2025-03-03T09:00:00Z');
  const device = found && { apiKeyId: 'k', expiresAt: null, principal, ...found };
  const findDevice = vi.fn((_hash: Buffer) => Promise.resolve(device));
  const onUse = vi.fn();
  const devices = createRemembered<DeviceByKey | undefined>({ max: 10, ttlMs: 60_000 });
  const authenticate = createAuthenticateDevice({ findDevice, devices, onUse, clock: { now: () => now } });
  return { authenticate, findDevice, onUse, devices, setNow: (time: string) => (now = new Date(time)) };
}

describe('createAuthenticateDevice', () => {
  it('looks a key up by its hash, once for many frames, and notes each use', async () => {
    const { authenticate, findDevice, onUse } = authenticateWith({});
    const all = await Promise.all([authenticate(key), authenticate(key), authenticate(key)]);
    expect(all).toEqual([principal, principal, principal]);
    expect(findDevice.mock.calls).toEqual([[hash]]);
    expect(onUse.mock.calls).toEqual([['k'], ['k'], ['k']]);
  });

  it('looks again once it was told to forget', async () => {
    const { authenticate, findDevice, devices } = authenticateWith({});
    await authenticate(key);
    findDevice.mockResolvedValue(undefined);
    devices.forget();
    await expect(authenticate(key)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('refuses a key from the moment it ends, although it is remembered', async () => {
    const { authenticate, onUse, setNow } = authenticateWith({ expiresAt: new Date('2025-03-03T09:00:01Z') });
    await authenticate(key);
    setNow('2025-03-03T09:00:01Z');
    await expect(authenticate(key)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(onUse).toHaveBeenCalledOnce();
  });

  it('refuses a key nobody knows', async () => {
    await expect(authenticateWith(undefined).authenticate(key)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
