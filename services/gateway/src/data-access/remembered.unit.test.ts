import { describe, expect, it, vi } from 'vitest';
import { createRemembered } from './remembered.js';

const remembered = () => createRemembered<number>({ max: 10, ttlMs: 60_000 });

describe('createRemembered', () => {
  it('asks once for many, and for each key', async () => {
    const values = remembered();
    const load = vi.fn(() => Promise.resolve(1));
    await Promise.all([values.of('a', load), values.of('a', load), values.of('b', load)]);
    await values.of('a', load);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('does not remember a failure', async () => {
    const values = remembered();
    await expect(values.of('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await expect(values.of('a', () => Promise.resolve(2))).resolves.toBe(2);
  });

  it('asks anew once told to forget, also while it is being told the old value', async () => {
    const values = remembered();
    let answer = (_value: number): void => undefined;
    const old = values.of('a', () => new Promise((resolve) => (answer = resolve)));
    values.forget();
    await expect(values.of('a', () => Promise.resolve(2))).resolves.toBe(2);
    answer(1);
    await expect(old).resolves.toBe(1);
    await expect(values.of('a', () => Promise.resolve(3))).resolves.toBe(2);
  });
});
