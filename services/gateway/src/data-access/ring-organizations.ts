import type { ClientBase } from '@rollcall/postgres';

/**
 * Tells all gateways, once this transaction commits, that accounts or settings have changed and what they remember of
 * them does not hold any more.
 */
export async function ringOrganizations(client: ClientBase): Promise<void> {
  await client.query("select pg_notify('rollcall_organizations', '')");
}
