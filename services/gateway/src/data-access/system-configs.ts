import { resolveSystemConfig, type SystemConfig, type SystemConfigOverrides } from '@rollcall/contracts';
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

/** What an organization has set. */
export interface StoredSettings {
  readonly body: SystemConfigOverrides;
  /** 0: nothing was ever set. */
  readonly version: number;
  readonly updatedBy: string | null;
  readonly updatedAt: Date | null;
}

export async function loadStoredSettings(client: ClientBase, organizationId: string): Promise<StoredSettings> {
  const { rows } = await client.query<{
    body: SystemConfigOverrides;
    version: number;
    updated_by: string | null;
    updated_at: Date;
  }>({
    name: 'load-stored-settings',
    text: 'select body, version, updated_by, updated_at from system_configs where organization_id = $1',
    values: [organizationId],
  });
  const [row] = rows;
  if (row === undefined) return { body: {}, version: 0, updatedBy: null, updatedAt: null };
  return { body: row.body, version: row.version, updatedBy: row.updated_by, updatedAt: row.updated_at };
}

export interface SettingsWrite {
  readonly organizationId: string;
  readonly body: SystemConfigOverrides;
  /** The version the change was made from. */
  readonly from: number;
  readonly updatedBy: string;
  readonly now: Date;
}

/** Writes the settings as the next version; false when somebody else has written one since. */
export async function writeSettings(client: ClientBase, write: SettingsWrite): Promise<boolean> {
  const { organizationId, body, from, updatedBy, now } = write;
  const { rowCount } = await client.query({
    name: 'write-settings',
    text: `insert into system_configs (organization_id, body, version, updated_by, updated_at)
           select $1, $2, 1, $4, $5 where $3 = 0
           on conflict (organization_id) do nothing`,
    values: [organizationId, JSON.stringify(body), from, updatedBy, now],
  });
  if (rowCount === 1) return true;
  const updated = await client.query({
    name: 'rewrite-settings',
    text: `update system_configs set body = $2, version = version + 1, updated_by = $4, updated_at = $5
           where organization_id = $1 and version = $3`,
    values: [organizationId, JSON.stringify(body), from, updatedBy, now],
  });
  return updated.rowCount === 1;
}
