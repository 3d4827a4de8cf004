import type { Pool } from '@rollcall/postgres';

const RENEW = 'select unnest(renew_claims($1::uuid, $2::uuid[], $3::uuid[], $4::interval))::text as id';

/** Prolongs claims; returns the ids that are still this worker's. */
export async function renewClaims(
  pool: Pool,
  claimant: { readonly workerId: string; readonly leaseSeconds: number },
  recognitions: readonly string[],
  registrations: readonly string[],
): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'renew-claims',
    text: RENEW,
    values: [claimant.workerId, recognitions, registrations, `${String(claimant.leaseSeconds)} seconds`],
  });
  return rows.map(({ id }) => id);
}
