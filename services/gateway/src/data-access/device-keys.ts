import { deviceScopes, type DeviceScope } from '@rollcall/contracts';
import type { ClientBase, Pool } from '@rollcall/postgres';
import type { KeyUse } from '../auth/key-usage.js';
import type { DevicePrincipal } from '../http/call.js';

/** The device a key belongs to. */
export interface DeviceByKey {
  readonly apiKeyId: string;
  readonly expiresAt: Date | null;
  readonly principal: DevicePrincipal;
}

/** The device of a key that is good, over all organizations. */
export async function findDeviceByKey(pool: Pool, hash: Buffer): Promise<DeviceByKey | undefined> {
  const { rows } = await pool.query<{
    api_key_id: string;
    organization_id: string;
    source_id: string;
    source_type: string;
    external_id: string;
    scopes: string[];
    expires_at: Date | null;
  }>({
    name: 'find-api-key',
    text: `select api_key_id, organization_id, source_id, source_type, external_id, scopes, expires_at from find_api_key($1)`,
    values: [hash],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  const { source_id: deviceId, organization_id: organizationId, source_type: sourceType, external_id: sourceId } = row;
  return {
    apiKeyId: row.api_key_id,
    expiresAt: row.expires_at,
    principal: {
      kind: 'device',
      deviceId,
      organizationId,
      scopes: new Set(row.scopes.filter(isDeviceScope)),
      source: { sourceType, sourceId },
      actor: `device:${deviceId}`,
    },
  };
}

/** A scope of an older or newer version of Rollcall gives no right. */
function isDeviceScope(scope: string): scope is DeviceScope {
  return (deviceScopes as readonly string[]).includes(scope);
}

export async function noteKeysUsed(pool: Pool, uses: readonly KeyUse[]): Promise<void> {
  const rows = uses.map(({ apiKeyId, usedAt }) => ({ api_key_id: apiKeyId, used_at: usedAt.toISOString() }));
  await pool.query({
    name: 'note-api-keys-used',
    text: 'select note_api_keys_used($1::jsonb)',
    values: [JSON.stringify(rows)],
  });
}

export interface NewKey {
  readonly id: string;
  readonly organizationId: string;
  readonly deviceId: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly hint: string;
  readonly scopes: readonly DeviceScope[];
  readonly createdAt: Date;
}

export async function insertDeviceKey(client: ClientBase, key: NewKey): Promise<void> {
  await client.query({
    name: 'insert-device-key',
    text: `insert into api_keys (id, organization_id, source_id, name, key_hash, hint, scopes, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [key.id, key.organizationId, key.deviceId, key.name, key.hash, key.hint, key.scopes, key.createdAt],
  });
}

/** Ends the keys of a device that are good now, at `endsAt` or when they end anyway; answers their ids. */
export async function endDeviceKeys(
  client: ClientBase,
  deviceId: string,
  { now, endsAt }: { readonly now: Date; readonly endsAt: Date },
): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>({
    name: 'end-device-keys',
    text: `update api_keys set expires_at = least(expires_at, $3), revoked_at = case when $3::timestamptz <= $2 then $2::timestamptz end
           where source_id = $1 and revoked_at is null and (expires_at is null or expires_at > $2) returning id`,
    values: [deviceId, now, endsAt],
  });
  return rows.map(({ id }) => id).toSorted();
}

/** Gives the keys of a device that are good now other scopes; answers how many there are. */
export async function setDeviceScopes(
  client: ClientBase,
  deviceId: string,
  { scopes, now }: { readonly scopes: readonly DeviceScope[]; readonly now: Date },
): Promise<number> {
  const { rowCount } = await client.query({
    name: 'set-device-scopes',
    text: `update api_keys set scopes = $2 where source_id = $1 and revoked_at is null and (expires_at is null or expires_at > $3)`,
    values: [deviceId, scopes, now],
  });
  return rowCount ?? 0;
}
