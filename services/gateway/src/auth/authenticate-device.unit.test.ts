import { describe, expect, it, vi } from 'vitest';
import type { DeviceByKey } from '../data-access/device-keys.js';
import type { DevicePrincipal } from '../http/call.js';
import { createAuthenticateDevice } from './authenticate-device.js';
import { newDeviceKey } from './device-keys.js';

const principal = { kind: 'device', deviceId: 'd' } as DevicePrincipal;
const { key, hash } = newDeviceKey();
const address = '192.0.2.1';

function authenticateWith(found: Partial<DeviceByKey> | undefined) {
  let now = new Date('2025-03-03T09:00:00Z');
  const device = found && { apiKeyId: 'k', expiresAt: null, principal, ...found };
  const find = vi.fn((_hash: Buffer, _address: string) => Promise.resolve(device));
  const onUse = vi.fn();
  const authenticate = createAuthenticateDevice({ devices: { of: find }, onUse, clock: { now: () => now } });
  return { authenticate, find, onUse, setNow: (time: string) => (now = new Date(time)) };
}

describe('createAuthenticateDevice', () => {
  it('looks a key up by its hash, and notes each use', async () => {
    const { authenticate, find, onUse } = authenticateWith({});
    expect(await authenticate(key, address)).toBe(principal);
    expect(find.mock.calls).toEqual([[hash, address]]);
    expect(onUse.mock.calls).toEqual([['k']]);
  });

  it('refuses a key from the moment it ends, although it is remembered', async () => {
    const { authenticate, onUse, setNow } = authenticateWith({ expiresAt: new Date('2025-03-03T09:00:01Z') });
    await authenticate(key, address);
    setNow('2025-03-03T09:00:01Z');
    await expect(authenticate(key, address)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(onUse).toHaveBeenCalledOnce();
  });

  it('refuses a key nobody knows', async () => {
    const { authenticate } = authenticateWith(undefined);
    await expect(authenticate(key, address)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
