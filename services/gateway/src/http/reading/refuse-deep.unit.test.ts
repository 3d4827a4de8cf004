import { describe, expect, it } from 'vitest';
import { refuseDeep } from './refuse-deep.js';

const nested = (levels: number, open: string, close: string): unknown =>
  JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`);

describe.each([
  ['lists', '[', ']'],
  ['objects', '{"a":', '}'],
])('refuseDeep of %s', (_what, open, close) => {
  it('takes 32 levels and refuses the next', () => {
    expect(() => refuseDeep(nested(32, open, close))).not.toThrow();
    expect(() => refuseDeep(nested(33, open, close))).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', errors: [expect.objectContaining({ code: 'TOO_DEEP' })] }),
    );
  });

  it('gives an answer to thousands of levels too', () => {
    expect(() => refuseDeep(nested(9_000, open, close))).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED' }),
    );
  });
});
