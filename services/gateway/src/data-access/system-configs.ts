import { resolveSystemConfig, type SystemConfig } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

/** The settings in force in the organization of the transaction. */
export async function loadSystemConfig(client: ClientBase, organizationId: string): Promise<SystemConfig> {
  const { rows } = await client.query<{ body: unknown }>({
    name: 'load-system-config',
    text: 'select body from system_configs where organization_id = $1',
    values: [organizationId],
  });
  return resolveSystemConfig(rows[0]?.body);
}
