import { AppError } from '@rollcall/service-kit';
import { describe, expect, it } from 'vitest';
import { classifyError } from './classify-error.js';

const coded = (code: string, message = 'failed') => Object.assign(new Error(message), { code });

describe('classifyError', () => {
  it.each([
    ['SERVICE_UNAVAILABLE', coded('ECONNREFUSED')],
    ['SERVICE_UNAVAILABLE', coded('57P03')],
    ['SERVICE_UNAVAILABLE', coded('57014')],
    ['SERVICE_UNAVAILABLE', coded('53300')],
    ['SERVICE_UNAVAILABLE', new Error('Connection terminated unexpectedly')],
    ['SERVICE_UNAVAILABLE', new Error('Query read timeout')],
    ['SERVICE_UNAVAILABLE', new Error('timeout exceeded when trying to connect')],
    ['SERVICE_UNAVAILABLE', coded('EROFS')],
    ['VALIDATION_FAILED', coded('22021')],
    ['NOT_FOUND', new URIError('URI malformed')],
    ['INTERNAL', coded('42P01')],
    ['INTERNAL', new TypeError('x is not a function')],
    ['INTERNAL', 'thrown text'],
    ['INTERNAL', undefined],
  ])('%s: %#', (code, thrown) => {
    expect(classifyError(thrown).code).toBe(code);
  });

  it('says nothing of the inside', () => {
    const error = classifyError(new Error('password of the database is x'));
    expect(error.message).not.toContain('password');
    expect(error.errors).toEqual([]);
  });

  it('leaves an error of the table as it is', () => {
    const error = new AppError('EMAIL_TAKEN');
    expect(classifyError(error)).toBe(error);
  });
});
