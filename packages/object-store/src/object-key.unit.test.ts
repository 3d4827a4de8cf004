import { describe, expect, it } from 'vitest';
import { assertObjectKey, isObjectKey, newObjectKey } from './object-key.js';

const ORGANIZATION = '0190a0a0-0000-7000-8000-00000000000a';

describe('newObjectKey', () => {
  it('is organization, month in UTC and a uuid of version 7 with that time', () => {
    const now = new Date('2025-03-31T23:30:00.000Z');
    const [organization, month, id] = newObjectKey(ORGANIZATION, now).split('/');
    expect([organization, month]).toEqual([ORGANIZATION, '2025-03']);
    expect(id?.[14]).toBe('7');
    expect(Number.parseInt((id ?? '').replace('-', '').slice(0, 12), 16)).toBe(now.getTime());
  });

  it('never gives the same key twice, also within a millisecond', () => {
    const now = new Date('2025-03-31T23:30:00.000Z');
    expect(new Set(Array.from({ length: 10_000 }, () => newObjectKey(ORGANIZATION, now))).size).toBe(10_000);
  });

  it('refuses an organization that is not a uuid in lower case', () => {
    for (const organization of ['..', 'acme', ORGANIZATION.replace('a', 'A'), `../${ORGANIZATION}`]) {
      expect(() => newObjectKey(organization, new Date(0))).toThrow(TypeError);
    }
  });
});

describe('isObjectKey', () => {
  it('tells keys from paths', () => {
    const key = newObjectKey(ORGANIZATION, new Date(0));
    expect(isObjectKey(key)).toBe(true);
    expect(assertObjectKey(key)).toBe(key);
    expect(isObjectKey(`/${key}`)).toBe(false);
    expect(isObjectKey(`${key}/..`)).toBe(false);
  });
});
