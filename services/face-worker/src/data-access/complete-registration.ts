import type { Pool } from '@rollcall/postgres';
import type { RegistrationResult } from '../requests/register-person.js';

export type RegistrationStatus = 'completed' | 'rejected' | 'lost' | 'user_gone';

/** Enrols the accepted images, or rejects the registration when they are too few. */
export async function completeRegistration(
  pool: Pool,
  workerId: string,
  result: RegistrationResult,
): Promise<RegistrationStatus> {
  const { rows } = await pool.query<{ answer: { readonly status: RegistrationStatus } }>(
    'select complete_registration($1::uuid, $2::jsonb) as answer',
    [workerId, JSON.stringify(result)],
  );
  return rows[0]?.answer.status ?? 'lost';
}
