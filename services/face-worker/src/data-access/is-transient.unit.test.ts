import { describe, expect, it } from 'vitest';
import { isTransient } from './is-transient.js';

describe('isTransient', () => {
  it.each([
    ...['08006', '40001', '40P01', '53300', '57P01', '58030', '55P03', '25P03', '25006'],
    ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EPERM', 'EBUSY'],
  ])('%s may pass', (code) => {
    expect(isTransient(Object.assign(new Error('no'), { code }))).toBe(true);
  });

  it.each(['23505', '22P02', '42883', '42501', '25001'])('%s stays', (code) => {
    expect(isTransient(Object.assign(new Error('no'), { code }))).toBe(false);
  });

  it('takes an error without a code for one of the connection', () => {
    expect(isTransient(new Error('Connection terminated unexpectedly'))).toBe(true);
  });
});
