import type { ClientBase } from 'pg';
import type { CheckpointKey } from './checkpoints.js';

export interface LeaseHolder extends CheckpointKey {
  /** Id of the process that holds it. */
  readonly holder: string;
}

/**
 * Takes or renews the right to run a projection for an organization: true when `holder` has it for `leaseMs` from now.
 * It only keeps two processes from doing the same work for nothing; what keeps the result right is the checkpoint.
 */
export async function acquireLease(
  client: Pick<ClientBase, 'query'>,
  { projection, organizationId, holder, leaseMs }: LeaseHolder & { readonly leaseMs: number },
): Promise<boolean> {
  const sql = `
    insert into projection_leases as held (projection, organization_id, holder, leased_until)
    values ($1, $2, $3, clock_timestamp() + $4 * interval '1 ms')
    on conflict (projection, organization_id) do update
      set holder = excluded.holder, leased_until = excluded.leased_until
      where held.holder = excluded.holder or held.leased_until < clock_timestamp()`;
  const { rowCount } = await client.query(sql, [projection, organizationId, holder, leaseMs]);
  return rowCount === 1;
}

/** Gives the lease back, so that another process need not wait for its end. */
export async function releaseLease(
  client: Pick<ClientBase, 'query'>,
  { projection, organizationId, holder }: LeaseHolder,
): Promise<void> {
  const sql = `
    update projection_leases set leased_until = '-infinity'
    where projection = $1 and organization_id = $2 and holder = $3`;
  await client.query(sql, [projection, organizationId, holder]);
}
