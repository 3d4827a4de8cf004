import type { Role, UserInfo, UserOut } from '@rollcall/contracts';
import { roleIdOf, roleOf } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

export interface UserState {
  readonly roleId: number;
  readonly tokenGeneration: number;
  readonly isActive: boolean;
  /** The session of the token was ended: by signing out, or because a used refresh token came again. */
  readonly sessionEnded: boolean;
}

/** What decides whether a token of this person is still good; undefined when there is no such person (any more). */
export async function loadUserState(
  client: ClientBase,
  userId: string,
  sessionId: string | null,
): Promise<UserState | undefined> {
  const { rows } = await client.query<{
    role_id: number;
    token_generation: number;
    is_active: boolean;
    session_ended: boolean;
  }>({
    name: 'load-user-state',
    text: `select role_id, token_generation, is_active,
             exists (select 1 from refresh_tokens where family_id = $2 and revoked_at is not null) as session_ended
           from users where id = $1 and not is_deleted`,
    values: [userId, sessionId],
  });
  const [row] = rows;
  return (
    row && {
      roleId: row.role_id,
      tokenGeneration: row.token_generation,
      isActive: row.is_active,
      sessionEnded: row.session_ended,
    }
  );
}

export async function loadUserInfo(client: ClientBase, userId: string): Promise<UserInfo | undefined> {
  const { rows } = await client.query<{
    id: string;
    organization_id: string;
    slug: string;
    name: string;
    timezone: string;
    role_id: number;
    full_name: string;
    email: string | null;
  }>({
    name: 'load-user-info',
    text: `select u.id, o.id as organization_id, o.slug, o.name, o.timezone, u.role_id, u.full_name, u.email
           from users as u join organizations as o on o.id = u.organization_id
           where u.id = $1 and not u.is_deleted`,
    values: [userId],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  const { organization_id, slug, name, timezone } = row;
  return {
    user_id: row.id,
    organization: { organization_id, slug, name, timezone },
    role: roleOf(row.role_id),
    full_name: row.full_name,
    email: row.email,
  };
}

export interface NewUser {
  readonly id: string;
  readonly organizationId: string;
  readonly roleId: number;
  readonly email: string | null;
  readonly passwordHash: string | null;
  readonly fullName: string;
  readonly employeeCode: string | null;
  readonly department: string | null;
  readonly createdAt: Date;
}

/** Inserts a person and their profile. A taken email or employee code is the database's unique violation. */
export async function insertUser(client: ClientBase, user: NewUser): Promise<void> {
  await client.query({
    name: 'insert-user',
    text: `with person as (
             insert into users (id, organization_id, role_id, email, password_hash, password_changed_at, full_name, created_at, updated_at)
             values ($1, $2, $3, $4, $5, case when $5::text is null then null else $9::timestamptz end, $6, $9, $9)
             returning id, organization_id
           )
           insert into user_profiles (user_id, organization_id, employee_code, department, updated_at)
           select id, organization_id, $7, $8, $9 from person`,
    values: [
      user.id,
      user.organizationId,
      user.roleId,
      user.email,
      user.passwordHash,
      user.fullName,
      user.employeeCode,
      user.department,
      user.createdAt,
    ],
  });
}

const USER_COLUMNS = `
  u.id, u.role_id, u.full_name, u.email, p.employee_code, p.department, u.is_active, u.password_hash is not null as can_sign_in,
  u.version, u.created_at, u.updated_at,
  (select count(*)::integer from face_embeddings as f where f.organization_id = u.organization_id and f.user_id = u.id) as face_count
  from users as u left join user_profiles as p on p.user_id = u.id`;

interface UserRow {
  readonly id: string;
  readonly role_id: number;
  readonly full_name: string;
  readonly email: string | null;
  readonly employee_code: string | null;
  readonly department: string | null;
  readonly is_active: boolean;
  readonly can_sign_in: boolean;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly face_count: number;
}

export async function loadUser(client: ClientBase, userId: string): Promise<UserOut | undefined> {
  const text = `select ${USER_COLUMNS} where u.id = $1 and not u.is_deleted`;
  const { rows } = await client.query<UserRow>({ name: 'load-user', text, values: [userId] });
  return rows[0] && toUserOut(rows[0]);
}

export interface UserListOptions {
  readonly search: string | null;
  /** The whole department, whatever its case. */
  readonly department: string | null;
  readonly isActive: boolean | null;
  readonly roles: readonly Role[];
  /** Id of the last person of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

/** People, newest first: their ids are in the order of their making. */
export async function listUsers(client: ClientBase, options: UserListOptions): Promise<UserOut[]> {
  const { rows } = await client.query<UserRow>({
    name: 'list-users',
    text: `select ${USER_COLUMNS}
           where not u.is_deleted
             and ($1::uuid is null or u.id < $1)
             and ($2::text is null or u.full_name ilike $3 or u.email ilike $3 or p.employee_code = $2)
             and ($5::text is null or lower(p.department) = lower($5))
             and ($6::boolean is null or u.is_active = $6)
             and u.role_id = any($7::smallint[])
           order by u.id desc limit $4`,
    values: [
      options.before,
      options.search,
      options.search === null ? null : containing(options.search),
      options.limit,
      options.department,
      options.isActive,
      options.roles.map(roleIdOf),
    ],
  });
  return rows.map(toUserOut);
}

/** A pattern for ILIKE in which the text means itself. */
function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

function toUserOut(row: UserRow): UserOut {
  return {
    user_id: row.id,
    role: roleOf(row.role_id),
    full_name: row.full_name,
    email: row.email,
    employee_code: row.employee_code,
    department: row.department,
    is_active: row.is_active,
    can_sign_in: row.can_sign_in,
    face_count: row.face_count,
    version: row.version,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
