import { AppError } from '@rollcall/service-kit';

const UNIQUE_VIOLATION = '23505';

/** Tells which value is taken; anything else is thrown on. */
export function explainTaken(error: unknown): never {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  if (code !== UNIQUE_VIOLATION) throw error;
  if (constraint === 'users_email_key') {
    throw new AppError('EMAIL_TAKEN', {
      errors: [{ path: '/email', code: 'TAKEN', message: 'is used by another person' }],
      cause: error,
    });
  }
  if (constraint === 'user_profiles_employee_code_key') {
    throw new AppError('CONFLICT', {
      message: 'Another person has this employee code.',
      errors: [{ path: '/employee_code', code: 'TAKEN', message: 'is used by another person' }],
      cause: error,
    });
  }
  throw error;
}
