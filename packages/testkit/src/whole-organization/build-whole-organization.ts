import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from '@rollcall/postgres';
import { buildOrganization, type BuiltOrganization } from '../builders/build-organization.js';
import { buildUser, type BuiltUser } from '../builders/build-user.js';
import { defaultValue } from './default-value.js';
import { knownActors, knownColumns, knownValues, type BuildContext, type BuiltRow } from './known-values.js';
import { readCatalog, type CatalogTable } from './read-catalog.js';

/** An organization with one row in every table that belongs to organizations. */
export interface WholeOrganization extends BuiltOrganization {
  readonly admin: BuiltUser;
  readonly operator: BuiltUser;
  /** The person that rows are about: the one in `users`. */
  readonly user: BuiltUser;
  /** Of the camera in `sources`. */
  readonly deviceKey: string;
  /** The row of each table. */
  readonly rows: Readonly<Record<string, BuiltRow>>;
  /** Every uuid that belongs to this organization. */
  readonly ids: ReadonlySet<string>;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * Builds one row of everything, by the catalog: a table that somebody adds later is filled as well.
 *
 * @param given.passwordHash of everybody who can sign in.
 * @throws Error naming the table whose row cannot be made: say in known-values.ts what it takes.
 */
export async function buildWholeOrganization(
  owner: Pool,
  given: { readonly passwordHash?: string } = {},
): Promise<WholeOrganization> {
  const catalog = await readCatalog(owner);
  const organization = await buildOrganization(owner);
  const somebody = (roleId: number, email: string, fullName: string) =>
    buildUser(owner, organization.id, { roleId, email, fullName, ...given });
  const admin = await somebody(1, 'admin@example.org', 'Administrator');
  const operator = await somebody(2, 'operator@example.org', 'Grace Operator');
  const deviceKey = `rc_${randomBytes(32).toString('base64url')}`;
  await owner.query("insert into face_models (id, dimension) values ('test-model', 512) on conflict (id) do nothing");

  const rows: Record<string, BuiltRow> = {};
  const context: BuildContext = {
    organizationId: organization.id,
    adminId: admin.id,
    passwordHash: given.passwordHash ?? null,
    deviceKeyHash: createHash('sha256').update(deviceKey).digest(),
    value: (table, column) => rows[table]?.[column],
  };
  for (const table of withEarlier(catalog)) rows[table.name] = await buildRow(owner, table, context);
  const ids = new Set(JSON.stringify([organization.id, admin.id, operator.id, rows]).match(UUID));
  const { id, email, full_name: fullName } = rows['users'] as { id: string; email: string; full_name: string };
  const user = { id, organizationId: organization.id, roleId: 3, email, fullName };
  return { ...organization, admin, operator, user, deviceKey, rows, ids };
}

/** Some columns name rows without a foreign key (history outlives what it names): those tables come first. */
const EARLY = ['users', 'sources', 'events', 'shifts', 'recognition_requests', 'recognized_faces', 'face_images'];
const LATE = ['attendance_records', 'rejected_matches'];

function withEarlier(catalog: readonly CatalogTable[]): CatalogTable[] {
  const rank = ({ name }: CatalogTable) =>
    EARLY.includes(name) ? EARLY.indexOf(name) - EARLY.length : LATE.indexOf(name) + 1;
  return [...catalog].sort((one, other) => rank(one) - rank(other));
}

async function buildRow(owner: Pool, table: CatalogTable, context: BuildContext): Promise<BuiltRow> {
  const values: Record<string, unknown> = {};
  for (const { columns, target, targetColumns } of table.references) {
    columns.forEach((column, index) => {
      const value = context.value(target, targetColumns[index] ?? '');
      if (value !== undefined) values[column] ??= value;
    });
  }
  for (const column of table.columns) {
    const known = knownValues[table.name]?.[column.name] ?? knownColumns[column.name];
    if (known === undefined && knownActors.has(column.name)) {
      values[column.name] = column.type === 'uuid' ? context.adminId : `user:${context.adminId}`;
    } else if (known !== undefined) values[column.name] = known(context) ?? null;
    else if (column.isRequired && values[column.name] === undefined) values[column.name] = defaultValue(column);
  }
  const names = Object.keys(values);
  const places = names.map((_, index) => `$${index + 1}`);
  try {
    const insert = `insert into ${table.name} (${names.join()}) values (${places.join()}) returning *`;
    const { rows } = await owner.query<Record<string, unknown>>(insert, Object.values(values));
    return rows[0] ?? {};
  } catch (error) {
    const hint = `say in packages/testkit/src/whole-organization/known-values.ts what it takes`;
    throw new Error(`no row could be built in ${table.name}: ${String(error)}; ${hint}`, { cause: error });
  }
}
