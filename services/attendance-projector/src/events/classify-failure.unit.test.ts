import { describe, expect, it } from 'vitest';
import { isPassingFailure, tookTooLong, wasHeldUp } from './classify-failure.js';

const withCode = (code: string): Error => Object.assign(new Error('refused'), { code });

describe('a failure passes', () => {
  it.each([
    '40P01',
    '40001',
    '53100',
    '53300',
    '55P03',
    '57P01',
    '57014',
    '25006',
    '25P03',
    '25P04',
    '58030',
    '08006',
    '42501',
    'ECONNREFUSED',
    'EHOSTUNREACH',
    'ENETUNREACH',
  ])('with code %s', (code) => expect(isPassingFailure(withCode(code))).toBe(true));

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Client was closed and is not queryable',
  ])('when pg says "%s"', (message) => expect(isPassingFailure(new Error(message))).toBe(true));
});

describe('fewer events may help', () => {
  it.each(['57014', '25P04'])('against code %s', (code) => expect(tookTooLong(withCode(code))).toBe(true));

  it('when no answer came in time, not when the connection broke or the event is the matter', () => {
    expect(tookTooLong(new Error('Query read timeout'))).toBe(true);
    expect(tookTooLong(new Error('Connection terminated unexpectedly'))).toBe(false);
    expect(tookTooLong(withCode('23503'))).toBe(false);
  });
});

describe('others may do better', () => {
  it.each(['40P01', '55P03', '57014', '25P04'])('after code %s', (code) =>
    expect(wasHeldUp(withCode(code))).toBe(true),
  );

  it('not when the server is not there, and not when the work is the matter', () => {
    for (const code of ['57P01', '53300', '08006', 'ECONNREFUSED', '22P02'])
      expect(wasHeldUp(withCode(code))).toBe(false);
    expect(wasHeldUp(new Error('Connection terminated unexpectedly'))).toBe(false);
    expect(wasHeldUp(undefined)).toBe(false);
  });
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
