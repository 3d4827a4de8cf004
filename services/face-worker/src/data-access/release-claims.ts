import type { Pool } from '@rollcall/postgres';

/** Puts claimed requests back into the queue as if they had not been claimed. */
export async function releaseClaims(
  pool: Pool,
  workerId: string,
  recognitions: readonly string[],
  registrations: readonly string[],
): Promise<void> {
  await pool.query('select release_claims($1::uuid, $2::uuid[], $3::uuid[])', [workerId, recognitions, registrations]);
}
