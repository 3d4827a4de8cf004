import { AppError } from '@rollcall/service-kit';
import { describe, expect, it } from 'vitest';
import { isItemError, isSurelyNotCommitted } from './commit-outcome.js';

const withCode = (code: string) => Object.assign(new Error('failed'), { code });

describe('isSurelyNotCommitted', () => {
  it.each([
    ['an answer of the database', withCode('23505'), true],
    ['a refused connection', withCode('ECONNREFUSED'), true],
    ['no connection in time', new Error('timeout exceeded when trying to connect'), true],
    ['an error of our own', new AppError('SERVICE_UNAVAILABLE'), true],
    ['a cut connection', withCode('ECONNRESET'), false],
    ['a broken pipe', withCode('EPIPE'), false],
    ['a connection that ended', new Error('Connection terminated unexpectedly'), false],
    ['a server that went down', withCode('57P01'), false],
    ['a lost connection as SQLSTATE', withCode('08006'), false],
    ['no answer', new Error('Query read timeout'), false],
    ['a statement that took too long', withCode('57014'), true],
    ['anything else', new Error('?'), false],
  ])('%s: %#', (_name, error, expected) => {
    expect(isSurelyNotCommitted(error)).toBe(expected);
  });
});

describe('isItemError', () => {
  it('is about data that did not fit', () => {
    expect([withCode('22021'), withCode('23503'), withCode('40001'), withCode('57014'), null].map(isItemError)).toEqual(
      [true, true, false, false, false],
    );
  });
});
