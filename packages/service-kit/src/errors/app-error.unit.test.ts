import { describe, expect, it } from 'vitest';
import { AppError, isAppError, toAppError } from './app-error.js';
import { errorTable } from './error-table.js';

describe('error table', () => {
  it('holds statuses of errors only, stable upper-case codes and a sentence each', () => {
    for (const [code, { status, message }] of Object.entries(errorTable)) {
      expect(code).toMatch(/^[A-Z][A-Z_]*[A-Z]$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(message).toMatch(/\.$/);
    }
  });

  it('calls nothing retryable that is the fault of the call itself', () => {
    const retryable = Object.values(errorTable).filter((row) => row.retryable);
    expect(retryable.every((row) => row.status === 429 || row.status >= 500)).toBe(true);
    expect(retryable).not.toHaveLength(0);
  });
});

describe('AppError', () => {
  it('takes status, retryability and words from the table', () => {
    const error = new AppError('TOO_MANY_REQUESTS', { retryAfterSeconds: 30 });
    expect(error).toMatchObject({ status: 429, retryable: true, retryAfterSeconds: 30, errors: [] });
    expect(error.message).toBe(errorTable.TOO_MANY_REQUESTS.message);
  });

  it('keeps details, own words and the cause', () => {
    const cause = new Error('inside');
    const errors = [{ path: '/user_id', code: 'format', message: 'must be a uuid' }];
    const error = new AppError('VALIDATION_FAILED', { message: 'Two things are wrong.', errors, cause });
    expect(error).toMatchObject({ message: 'Two things are wrong.', errors, cause });
  });

  it('turns anything else into INTERNAL without telling what it was', () => {
    const error = toAppError(new Error('password=hunter2'));
    expect(error).toMatchObject({ code: 'INTERNAL', status: 500 });
    expect(error.message).not.toContain('hunter2');
    expect(isAppError(error, 'INTERNAL')).toBe(true);
    expect(isAppError(error, 'CONFLICT')).toBe(false);
    const own = new AppError('CONFLICT');
    expect(toAppError(own)).toBe(own);
  });
});
