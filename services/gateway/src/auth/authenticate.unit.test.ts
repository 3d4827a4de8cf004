import { describe, expect, it, vi } from 'vitest';
import type { DevicePrincipal, UserPrincipal } from '../http/call.js';
import { createAuthenticate } from './authenticate.js';
import { newDeviceKey } from './device-keys.js';

const user = vi.fn(() => Promise.resolve({ kind: 'user' } as UserPrincipal));
const device = vi.fn(() => Promise.resolve({ kind: 'device' } as DevicePrincipal));
const address = '192.0.2.1';
const authenticate = createAuthenticate({ user, device });

describe('createAuthenticate', () => {
  it('tells keys of devices from tokens of people', async () => {
    const { key } = newDeviceKey();
    await expect(authenticate(`Bearer ${key}`, address)).resolves.toEqual({ kind: 'device' });
    expect(device).toHaveBeenCalledWith(key, address);
    await expect(authenticate('bearer a.b-_c.d', address)).resolves.toEqual({ kind: 'user' });
    expect(user).toHaveBeenCalledWith('a.b-_c.d');
    // Not of the form of a key: as bad a token as any.
    await expect(authenticate(`Bearer ${key}x`, address)).resolves.toEqual({ kind: 'user' });
  });

  it.each([
    undefined,
    '',
    'Basic dTpw',
    'Bearer',
    'Bearer ',
    'Token a.b.c',
    'Bearer a.b.c x',
    'Bearer a.b.c,d',
    'Bearer ä',
  ])('refuses the header %j without asking anybody', async (header) => {
    user.mockClear();
    await expect(authenticate(header, address)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(user).not.toHaveBeenCalled();
  });
});
