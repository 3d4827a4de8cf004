import { deviceScopes, type DeviceOut, type DeviceScope } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

/** A device is a source: its id is that of the source. $1 is the moment that decides which keys are good. */
const DEVICE_COLUMNS = `
  s.id, s.source_type, s.external_id, s.name, s.direction, s.capture_mode, s.is_active, s.is_configured, s.last_claimed_at,
  s.version, s.created_at, s.updated_at,
  coalesce((
    select jsonb_agg(jsonb_build_object('id', k.id, 'hint', k.hint, 'scopes', k.scopes, 'created_at', k.created_at,
      'expires_at', k.expires_at, 'last_used_at', k.last_used_at) order by k.created_at desc, k.id desc)
    from api_keys as k
    where k.organization_id = s.organization_id and k.source_id = s.id and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > $1)
  ), '[]') as keys
  from sources as s`;

interface DeviceRow {
  readonly id: string;
  readonly source_type: DeviceOut['source_type'];
  readonly external_id: string;
  readonly name: string | null;
  readonly direction: DeviceOut['direction'];
  readonly capture_mode: DeviceOut['capture_mode'];
  readonly is_active: boolean;
  readonly is_configured: boolean;
  readonly last_claimed_at: Date | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly keys: readonly KeyRow[];
}

interface KeyRow {
  readonly id: string;
  readonly hint: string | null;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
}

export async function loadDevice(client: ClientBase, id: string, now: Date): Promise<DeviceOut | undefined> {
  const text = `select ${DEVICE_COLUMNS} where s.id = $2 and s.deleted_at is null`;
  const { rows } = await client.query<DeviceRow>({ name: 'load-device', text, values: [now, id] });
  return rows[0] && toDeviceOut(rows[0]);
}

/**
 * The same, held until the end of the transaction: changes of one device and its keys come one after the other. Frames, whose
 * foreign key takes a share of the row's key, need not wait: no key changes.
 */
export async function lockDevice(client: ClientBase, id: string, now: Date): Promise<DeviceOut | undefined> {
  await client.query({
    name: 'lock-device',
    text: 'select 1 from sources where id = $1 for no key update',
    values: [id],
  });
  return loadDevice(client, id, now);
}

export interface DeviceListOptions {
  readonly now: Date;
  /** Id of the last device of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

/** Devices, newest first: their ids are in the order of their making. */
export async function listDevices(client: ClientBase, { now, before, limit }: DeviceListOptions): Promise<DeviceOut[]> {
  const { rows } = await client.query<DeviceRow>({
    name: 'list-devices',
    text: `select ${DEVICE_COLUMNS} where s.deleted_at is null and ($2::uuid is null or s.id < $2) order by s.id desc limit $3`,
    values: [now, before, limit],
  });
  return rows.map(toDeviceOut);
}

export interface KnownSource {
  readonly id: string;
  /** An admin has added it, and it was not removed. */
  readonly isDevice: boolean;
}

/** The source that frames of this name belong to, held until the end of the transaction. */
export async function lockSourceByName(
  client: ClientBase,
  sourceType: string,
  sourceId: string,
): Promise<KnownSource | undefined> {
  const { rows } = await client.query<{ id: string; is_device: boolean }>({
    name: 'lock-source-by-name',
    text: `select id, is_configured and deleted_at is null as is_device from sources
           where source_type = $1 and external_id = $2 for no key update`,
    values: [sourceType, sourceId],
  });
  return rows[0] && { id: rows[0].id, isDevice: rows[0].is_device };
}

export interface DeviceSettings {
  readonly name: string | null;
  readonly direction: DeviceOut['direction'];
  readonly captureMode: DeviceOut['capture_mode'];
  readonly isActive: boolean;
}

export interface NewDevice extends DeviceSettings {
  readonly id: string;
  readonly organizationId: string;
  readonly sourceType: string;
  readonly sourceId: string;
  readonly createdAt: Date;
}

/** A name that is taken meanwhile is the database's unique violation. */
export async function insertDevice(client: ClientBase, device: NewDevice): Promise<void> {
  await client.query({
    name: 'insert-device',
    text: `insert into sources (id, organization_id, source_type, external_id, name, direction, capture_mode, is_active, is_configured, created_at, updated_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, true, $9, $9)`,
    values: [
      device.id,
      device.organizationId,
      device.sourceType,
      device.sourceId,
      device.name,
      device.direction,
      device.captureMode,
      device.isActive,
      device.createdAt,
    ],
  });
}

/** Writes the settings of a source, which makes it a device if it was none, and its next version. */
export async function updateDevice(
  client: ClientBase,
  id: string,
  { name, direction, captureMode, isActive }: DeviceSettings,
  now: Date,
): Promise<void> {
  await client.query({
    name: 'update-device',
    text: `update sources set name = $2, direction = $3, capture_mode = $4, is_active = $5, is_configured = true, deleted_at = null,
             version = version + 1, updated_at = $6
           where id = $1`,
    values: [id, name, direction, captureMode, isActive, now],
  });
}

export async function removeDevice(client: ClientBase, id: string, now: Date): Promise<void> {
  await client.query({
    name: 'remove-device',
    text: `update sources set is_active = false, is_configured = false, deleted_at = $2, version = version + 1, updated_at = $2 where id = $1`,
    values: [id, now],
  });
}

/** The next version of a device whose keys have changed. */
export async function raiseDeviceVersion(client: ClientBase, id: string, now: Date): Promise<void> {
  const text = 'update sources set version = version + 1, updated_at = $2 where id = $1';
  await client.query({ name: 'raise-device-version', text, values: [id, now] });
}

function toDeviceOut(row: DeviceRow): DeviceOut {
  const granted = row.keys[0]?.scopes ?? [];
  return {
    device_id: row.id,
    source_type: row.source_type,
    source_id: row.external_id,
    name: row.name,
    direction: row.direction,
    capture_mode: row.capture_mode,
    is_active: row.is_active,
    is_configured: row.is_configured,
    scopes: deviceScopes.filter((scope: DeviceScope) => granted.includes(scope)),
    keys: row.keys.map(({ id, hint, created_at, expires_at, last_used_at }) => ({
      key_id: id,
      hint,
      created_at: toIso(created_at),
      expires_at: expires_at === null ? null : toIso(expires_at),
      last_used_at: last_used_at === null ? null : toIso(last_used_at),
    })),
    last_frame_at: row.last_claimed_at?.toISOString() ?? null,
    version: row.version,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** JSON of the database writes times in its session's zone and with microseconds. */
function toIso(time: string): string {
  return new Date(time).toISOString();
}
