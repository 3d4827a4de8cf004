import { describe, expect, it } from 'vitest';
import { isPassing } from './is-passing.js';

const coded = (code: string) => Object.assign(new Error('no'), { code });

describe('isPassing', () => {
  it.each(['STORAGE_FULL', 'EIO', 'EMFILE', 'EPERM', 'EPIPE', 'ECONNREFUSED', '57P01', '40P01'])(
    '%s passes',
    (code) => {
      expect(isPassing(coded(code))).toBe(true);
    },
  );

  it('knows a broken connection by its words', () => {
    expect(isPassing(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isPassing(new Error('Query read timeout'))).toBe(true);
  });

  it.each([coded('23505'), new TypeError('x is not a function'), new Error('the gallery has no such face')])(
    'takes %s for a fault that stays',
    (error) => {
      expect(isPassing(error)).toBe(false);
    },
  );
});
