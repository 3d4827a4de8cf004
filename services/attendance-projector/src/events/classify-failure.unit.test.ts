import { describe, expect, it } from 'vitest';
import { isPassingFailure } from './classify-failure.js';

const withCode = (code: string): Error => Object.assign(new Error('refused'), { code });

describe('a failure passes', () => {
  it.each(['40P01', '40001', '53100', '53300', '55P03', '57P01', '57014', '58030', '08006', '42501', 'ECONNREFUSED'])(
    'with code %s',
    (code) => expect(isPassingFailure(withCode(code))).toBe(true),
  );

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Client was closed and is not queryable',
  ])('when pg says "%s"', (message) => expect(isPassingFailure(new Error(message))).toBe(true));
});

describe('a failure is the event’s own', () => {
  it.each(['23503', '23514', '22P02', '22003', '42P01'])('with code %s', (code) =>
    expect(isPassingFailure(withCode(code))).toBe(false),
  );

  it('when the code throws', () => {
    expect(isPassingFailure(new TypeError('connection is undefined'))).toBe(false);
    expect(isPassingFailure(new RangeError('no policy holds'))).toBe(false);
    expect(isPassingFailure('a string')).toBe(false);
  });
});
