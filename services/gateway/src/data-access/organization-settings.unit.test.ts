import { defaultSystemConfig } from '@rollcall/contracts';
import { describe, expect, it, vi } from 'vitest';
import { createOrganizationSettings } from './organization-settings.js';

describe('createOrganizationSettings', () => {
  it('asks once for many, and for each organization', async () => {
    const load = vi.fn(() => Promise.resolve(defaultSystemConfig));
    const settings = createOrganizationSettings(load);
    await Promise.all([settings.of('a'), settings.of('a'), settings.of('b')]);
    await settings.of('a');
    expect(load.mock.calls).toEqual([['a'], ['b']]);
  });

  it('does not remember a failure', async () => {
    const load = vi.fn<() => Promise<typeof defaultSystemConfig>>();
    load.mockRejectedValueOnce(new Error('database is down')).mockResolvedValue(defaultSystemConfig);
    const settings = createOrganizationSettings(load);
    await expect(settings.of('a')).rejects.toThrow('database is down');
    await expect(settings.of('a')).resolves.toBe(defaultSystemConfig);
  });
});
