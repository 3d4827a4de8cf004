import { describe, expect, it } from 'vitest';
import { createPasswords, isTooLongForBcrypt } from './passwords.js';

/** Computes nothing, but remembers with which cost it was asked to. */
function fakeComputer() {
  const compared: string[] = [];
  return {
    compared,
    hash: (password: string, { cost }: { cost: number }) => Promise.resolve(`${cost}:${password}`),
    compare: (password: string, { hash }: { hash: string }) => {
      compared.push(hash.split(':', 1)[0] ?? '');
      return Promise.resolve(hash.endsWith(`:${password}`));
    },
  };
}

describe('createPasswords', () => {
  it('compares with the hash that is stored', async () => {
    const passwords = createPasswords(fakeComputer(), 12);
    const hash = await passwords.hash('right', 'entry');
    await expect(passwords.matches('right', hash, 'entry')).resolves.toBe(true);
    await expect(passwords.matches('wrong', hash, 'entry')).resolves.toBe(false);
  });

  it('does the same work when there is nothing to compare with, or the password cannot be anybody’s', async () => {
    const computer = fakeComputer();
    const passwords = createPasswords(computer, 12);
    const hash = await passwords.hash('x'.repeat(73), 'entry');
    await expect(passwords.matches('any', null, 'entry')).resolves.toBe(false);
    await expect(passwords.matches('x'.repeat(73), hash, 'entry')).resolves.toBe(false);
    await expect(passwords.matches('wrong', hash, 'entry')).resolves.toBe(false);
    expect(computer.compared).toEqual(['12', '12', '12']);
  });

  it('makes the hash of nobody anew when there was no place for it', async () => {
    const computer = fakeComputer();
    const refusal = new Error('no place');
    let places = 0;
    const hash: typeof computer.hash = (password, given) =>
      places === 0 ? Promise.reject(refusal) : computer.hash(password, given);
    const passwords = createPasswords({ ...computer, hash }, 12);
    await expect(passwords.matches('any', null, 'entry')).rejects.toBe(refusal);
    places = 1;
    await expect(passwords.matches('any', null, 'entry')).resolves.toBe(false);
  });

  it('counts bytes, not characters', () => {
    expect([
      isTooLongForBcrypt('x'.repeat(72)),
      isTooLongForBcrypt('ä'.repeat(36)),
      isTooLongForBcrypt('ä'.repeat(37)),
    ]).toEqual([false, false, true]);
  });
});
