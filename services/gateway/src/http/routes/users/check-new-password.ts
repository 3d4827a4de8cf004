import { AppError } from '@rollcall/service-kit';
import { isTooLongForBcrypt, MAX_PASSWORD_BYTES } from '../../../auth/passwords.js';

/** @throws VALIDATION_FAILED for a password of which bcrypt would not look at the end. */
export function checkNewPassword(password: string): void {
  if (!isTooLongForBcrypt(password)) return;
  const message = `must not have more than ${String(MAX_PASSWORD_BYTES)} bytes`;
  throw new AppError('VALIDATION_FAILED', { errors: [{ path: '/password', code: 'TOO_LONG', message }] });
}
