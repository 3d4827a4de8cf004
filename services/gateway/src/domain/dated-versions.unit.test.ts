import { describe, expect, it } from 'vitest';
import { carryForward, versionOn, versionsAfter } from './dated-versions.js';

const version = (number: number, valid_from: string, fields: object = {}) => ({
  ...{ version: number, valid_from, name: 'Early', starts_at: '06:00' },
  ...fields,
});

describe('versionOn', () => {
  it('is the one that became valid last, of two from one day the later one, whatever was written last', () => {
    const versions = [version(4, '2025-01-01'), version(3, '2025-02-01'), version(2, '2025-03-01')];
    expect(versionOn(versions, '2025-02-28')?.version).toBe(3);
    expect(versionOn([version(1, '2025-02-01'), ...versions], '2025-02-01')?.version).toBe(3);
    expect(versionOn(versions, '2024-12-31')).toBeUndefined();
  });
});

describe('versionsAfter', () => {
  it('has one a date, in their order', () => {
    const versions = [
      version(5, '2025-03-01'),
      version(4, '2025-02-01'),
      version(3, '2025-03-01'),
      version(1, '2025-01-01'),
    ];
    expect(versionsAfter(versions, '2025-01-01').map((later) => later.version)).toEqual([4, 5]);
    expect(versionsAfter(versions, '2025-03-01')).toEqual([]);
  });
});

describe('carryForward', () => {
  const before = { name: 'Early', starts_at: '06:00' };

  it('says in later versions what they did not say themselves', () => {
    const later = [version(2, '2025-02-01', { starts_at: '10:00' })];
    expect(carryForward(before, { name: 'Early A' }, later)).toEqual([
      { version: later[0], fields: { name: 'Early A' } },
    ]);
    expect(carryForward(before, { starts_at: '07:00' }, later)).toEqual([]);
    expect(carryForward(before, { name: 'Early A', starts_at: '07:00' }, later)).toMatchObject([
      { fields: { name: 'Early A' } },
    ]);
  });

  it('ends at the first that says something else, also when a later one says the old again', () => {
    const later = [
      version(2, '2025-02-01'),
      version(3, '2025-03-01', { starts_at: '10:00' }),
      version(4, '2025-04-01', { starts_at: '06:00' }),
    ];
    expect(carryForward(before, { starts_at: '07:00' }, later)).toEqual([
      { version: later[0], fields: { starts_at: '07:00' } },
    ]);
  });

  it('is nothing where it is so already', () => {
    expect(carryForward(before, { name: 'Early' }, [version(2, '2025-02-01')])).toEqual([]);
  });
});
