import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { DeviceByKey } from '../data-access/device-keys.js';
import type { DevicePrincipal } from '../http/call.js';
import { createDeviceKeyLookup } from './device-key-lookup.js';
import { createUnknownKeyThrottle, MOST_UNKNOWN_KEYS } from './unknown-key-throttle.js';

const device: DeviceByKey = { apiKeyId: 'k', expiresAt: null, principal: { kind: 'device' } as DevicePrincipal };
const real = randomBytes(32);
const madeUp = () => randomBytes(32);
const [home, elsewhere] = ['192.0.2.1', '198.51.100.7'];

function lookup(good: readonly Buffer[] = [real]) {
  let now = Date.parse('2025-03-03T09:00:00Z');
  let answer: DeviceByKey | undefined = device;
  const find = (hash: Buffer) => Promise.resolve(good.some((key) => hash.equals(key)) ? answer : undefined);
  const findKnown = vi.fn(find);
  const findUnknown = vi.fn(find);
  const throttle = createUnknownKeyThrottle({ now: () => new Date(now) });
  const devices = createDeviceKeyLookup({ findKnown, findUnknown, throttle, ttlMs: 60_000 });
  return {
    ...{ devices, findKnown, findUnknown },
    pass: (seconds: number) => (now += seconds * 1_000),
    revoke: () => (answer = undefined),
  };
}

/** Tries that many made-up keys; answers the codes of those that were refused. */
async function flood(devices: ReturnType<typeof lookup>['devices'], count: number, from: (index: number) => string) {
  const tries = Array.from({ length: count }, (_, index) =>
    devices.of(madeUp(), from(index)).catch((error: unknown) => (error as { code: string }).code),
  );
  return (await Promise.all(tries)).filter((code) => code !== undefined);
}

describe('device keys', () => {
  it('are looked up once for many frames, those of many callers at once too', async () => {
    const { devices, findUnknown, findKnown } = lookup();
    const all = await Promise.all([devices.of(real, home), devices.of(real, home)]);
    expect([...all, await devices.of(real, elsewhere)]).toEqual([device, device, device]);
    expect([findUnknown.mock.calls.length, findKnown.mock.calls.length]).toEqual([1, 0]);
  });

  it('that nobody has are looked up once as well', async () => {
    const { devices, findUnknown } = lookup();
    const wrong = madeUp();
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await devices.of(wrong, home)).toBeUndefined();
    expect(findUnknown).toHaveBeenCalledOnce();
  });

  it('that are made up cost an address a bounded number of look-ups, and more only as time passes', async () => {
    const { devices, findUnknown, pass } = lookup();
    const refused = await flood(devices, MOST_UNKNOWN_KEYS + 20, () => home);
    expect(refused).toEqual(Array.from({ length: 20 }, () => 'TOO_MANY_REQUESTS'));
    expect(findUnknown).toHaveBeenCalledTimes(MOST_UNKNOWN_KEYS);
    await expect(devices.of(madeUp(), home)).rejects.toMatchObject({ retryAfterSeconds: 1 });
    expect(await devices.of(real, elsewhere)).toBe(device);
    pass(3);
    expect(await flood(devices, 5, () => home)).toHaveLength(2);
  });

  it('that are made up push no real one out, and none waits for them', async () => {
    const { devices, findKnown, findUnknown } = lookup();
    await devices.of(real, home);
    for (let round = 0; round < 200; round += 1) {
      await flood(devices, 60, (index) => `10.${String(round)}.0.${String(index)}`);
    }
    expect(await devices.of(real, home)).toBe(device);
    expect(findKnown).not.toHaveBeenCalled();
    // Forgotten, as after any change of a device: looked up again whatever came from its address.
    await flood(devices, MOST_UNKNOWN_KEYS * 2, () => home);
    devices.forget();
    findUnknown.mockClear();
    expect(await devices.of(real, home)).toBe(device);
    expect([findKnown.mock.calls.length, findUnknown.mock.calls.length]).toEqual([1, 0]);
  });

  it('that are good do not count: a gateway that starts meets all cameras of a site at once', async () => {
    const cameras = Array.from({ length: MOST_UNKNOWN_KEYS * 2 }, () => randomBytes(32));
    const { devices } = lookup(cameras);
    for (const key of cameras) expect(await devices.of(key, home)).toBe(device);
  });

  it('never wait for the database in any number, from however many addresses', async () => {
    const { devices, findUnknown } = lookup();
    findUnknown.mockImplementation(() => new Promise(() => undefined));
    const codes: string[] = [];
    for (let index = 0; index < 450; index += 1) {
      devices
        .of(madeUp(), `10.0.${String(index >> 8)}.${String(index & 255)}`)
        .catch((error: unknown) => codes.push((error as { code: string }).code));
    }
    await vi.waitFor(() => expect(codes).toHaveLength(50));
    expect(new Set(codes)).toEqual(new Set(['SERVICE_UNAVAILABLE']));
    expect(findUnknown).toHaveBeenCalledTimes(400);
  });

  it('are looked up again once they were told to be forgotten, and a revoked one is nobody’s then', async () => {
    const { devices, revoke, findKnown, findUnknown } = lookup();
    await devices.of(real, home);
    revoke();
    expect(await devices.of(real, home)).toBe(device);
    devices.forget();
    expect(await devices.of(real, home)).toBeUndefined();
    devices.forget();
    expect(await devices.of(real, home)).toBeUndefined();
    expect([findKnown.mock.calls.length, findUnknown.mock.calls.length]).toEqual([1, 2]);
  });

  it('that cannot be looked up now are not remembered as nobody’s', async () => {
    const { devices, findUnknown } = lookup();
    findUnknown.mockRejectedValueOnce(new Error('away'));
    await expect(devices.of(real, home)).rejects.toThrow('away');
    expect(await devices.of(real, home)).toBe(device);
  });
});
