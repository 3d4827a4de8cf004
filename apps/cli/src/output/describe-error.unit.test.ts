import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/api-error.js';
import { describeError } from './describe-error.js';

describe('describeError', () => {
  it('gives message, code, request and every field', () => {
    const errors = [
      { path: '/email', code: 'WRONG_FORMAT', message: 'is no address' },
      { path: '', code: 'REQUIRED', message: 'is missing' },
    ];
    const error = new ApiError({ code: 'VALIDATION_FAILED', status: 422, message: 'No.', requestId: 'r-1', errors });
    expect(describeError(error)).toBe(
      [
        '✘ No. (VALIDATION_FAILED, request r-1)',
        '  /email: is no address (WRONG_FORMAT)',
        '  /: is missing (REQUIRED)',
      ].join('\n'),
    );
  });

  it('shows of other errors the message and no stack', () => {
    expect(describeError(new TypeError('odd'))).toBe('✘ odd');
    expect(describeError('odd')).toBe('✘ odd');
  });
});
