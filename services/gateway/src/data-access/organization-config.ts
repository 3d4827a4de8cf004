import type { ClientBase } from '@rollcall/postgres';

export interface OrganizationRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly timezone: string;
  readonly locale: string;
  readonly version: number;
  readonly updated_at: Date;
}

const organization = 'select id, slug, name, timezone, locale, version, updated_at from organizations where id = $1';

export async function loadOrganization(client: ClientBase, organizationId: string): Promise<OrganizationRow> {
  return onlyRow(await client.query<OrganizationRow>(organization, [organizationId]));
}

/** Locks the organization against other changes of its calendar; people and frames do not wait for it. */
export async function lockOrganization(client: ClientBase, organizationId: string): Promise<OrganizationRow> {
  return onlyRow(await client.query<OrganizationRow>(`${organization} for no key update`, [organizationId]));
}

/** Writes name, time zone and locale and raises the version. */
export async function updateOrganization(
  client: ClientBase,
  { id, name, timezone, locale }: Pick<OrganizationRow, 'id' | 'name' | 'timezone' | 'locale'>,
  now: Date,
): Promise<number> {
  const sql = `update organizations set name = $2, timezone = $3, locale = $4, version = version + 1, updated_at = $5
               where id = $1 returning version`;
  return onlyRow(await client.query<{ version: number }>(sql, [id, name, timezone, locale, now])).version;
}

/** Time zone and work week from a date on. */
export interface SettingsRow {
  readonly version: number;
  readonly valid_from: string;
  readonly timezone: string;
  readonly work_week: number[];
}

/** All versions, newest first. */
export async function listSettings(client: ClientBase, organizationId: string): Promise<SettingsRow[]> {
  const { rows } = await client.query<SettingsRow>(
    `select version, valid_from, timezone, work_week from organization_versions
     where organization_id = $1 order by version desc`,
    [organizationId],
  );
  return rows;
}

export interface NewSettings extends SettingsRow {
  readonly id: string;
  readonly organizationId: string;
  readonly createdBy: string | null;
  /** What held before anybody changed it: known from the beginning of the log. */
  readonly fromTheBeginning: boolean;
}

export async function insertSettings(client: ClientBase, settings: NewSettings): Promise<void> {
  await client.query(
    `insert into organization_versions
       (id, organization_id, version, valid_from, timezone, work_week, created_by, known_epoch, known_xid)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      settings.id,
      settings.organizationId,
      settings.version,
      settings.valid_from,
      settings.timezone,
      settings.work_week,
      settings.createdBy,
      settings.fromTheBeginning ? 0 : null,
      settings.fromTheBeginning ? '0' : null,
    ],
  );
}

function onlyRow<Row>({ rows }: { readonly rows: readonly Row[] }): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('the organization of the caller is not there');
  return row;
}
