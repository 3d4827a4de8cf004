import { validate, version } from 'uuid';
import { describe, expect, it } from 'vitest';
import { newId } from './new-id.js';

const timeOf = (id: string) => parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

describe('a new id', () => {
  it('is a uuid of version 7, and no two are the same over several draws of randomness', () => {
    const ids = Array.from({ length: 2_000 }, () => newId());
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    // All of what is random differs, not only the time in front of it.
    expect(new Set(ids.map((id) => id.slice(15))).size).toBe(ids.length);
  });

  it('is greater than those made before, also within a millisecond', () => {
    const ids = Array.from({ length: 2_000 }, () => newId());
    expect(ids).toEqual([...ids].sort());
  });

  it('tells the moment it was made at, or that it was asked for', () => {
    const before = Date.now();
    const made = timeOf(newId());
    expect(made).toBeGreaterThanOrEqual(before);
    expect(made).toBeLessThanOrEqual(Date.now());
    expect(timeOf(newId(new Date('2024-02-29T12:00:00.123Z')))).toBe(Date.parse('2024-02-29T12:00:00.123Z'));
  });
});
