import { AppError } from '@rollcall/service-kit';

/** Visible ASCII: what survives every proxy unchanged. */
const KEY = /^[\x21-\x7e]{1,255}$/;

/** @throws VALIDATION_FAILED for a key that is empty, too long or has other characters. */
export function readIdempotencyKey(header: string | readonly string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && KEY.test(header)) return header;
  throw new AppError('VALIDATION_FAILED', {
    errors: [{ path: 'Idempotency-Key', code: 'WRONG_FORMAT', message: 'needs 1 to 255 visible ASCII characters' }],
  });
}
