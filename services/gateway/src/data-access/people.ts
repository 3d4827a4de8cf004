import { roleIdOf, roleOf } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import type { Person } from '../domain/decide-person-change.js';

export interface LockedPerson extends Person {
  readonly version: number;
}

/** A person, held until the transaction ends: nobody else changes them meanwhile. */
export async function lockPerson(client: ClientBase, userId: string): Promise<LockedPerson | undefined> {
  const { rows } = await client.query<{
    role_id: number;
    full_name: string;
    email: string | null;
    has_password: boolean;
    is_active: boolean;
    version: number;
    employee_code: string | null;
    department: string | null;
  }>({
    name: 'lock-person',
    text: `select u.role_id, u.full_name, u.email, u.password_hash is not null as has_password, u.is_active, u.version,
             p.employee_code, p.department
           from users as u left join user_profiles as p on p.user_id = u.id
           where u.id = $1 and not u.is_deleted for no key update of u`,
    values: [userId],
  });
  const [row] = rows;
  return (
    row && {
      userId,
      role: roleOf(row.role_id),
      fullName: row.full_name,
      email: row.email,
      hasPassword: row.has_password,
      employeeCode: row.employee_code,
      department: row.department,
      isActive: row.is_active,
      version: row.version,
    }
  );
}

/**
 * The active admins who can sign in, all held until the transaction ends. Whoever takes an admin away does this first: two
 * who do it at once come one after the other, and the second sees what the first left.
 */
export async function lockActiveAdmins(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>({
    name: 'lock-active-admins',
    text: `select id from users where role_id = $1 and is_active and not is_deleted and password_hash is not null
           order by id for no key update`,
    values: [roleIdOf('ADMIN')],
  });
  return rows.map(({ id }) => id);
}

export interface PersonUpdate {
  readonly person: Person;
  /** undefined: stays. */
  readonly passwordHash: string | null | undefined;
  readonly endsSessions: boolean;
  readonly now: Date;
}

/** Writes a locked person anew. A taken email or employee code is the database's unique violation. */
export async function updatePerson(client: ClientBase, update: PersonUpdate): Promise<void> {
  const { person, passwordHash, endsSessions, now } = update;
  await client.query({
    name: 'update-person',
    text: `update users set full_name = $2, email = $3, role_id = $4, is_active = $5, updated_at = $6, version = version + 1,
             password_hash = case when $7 then $8 else password_hash end,
             password_changed_at = case when $7 then $6 else password_changed_at end,
             token_generation = token_generation + case when $9 then 1 else 0 end
           where id = $1`,
    values: [
      ...[person.userId, person.fullName, person.email, roleIdOf(person.role), person.isActive, now],
      ...[passwordHash !== undefined, passwordHash ?? null, endsSessions],
    ],
  });
  await client.query({
    name: 'update-person-profile',
    text: `insert into user_profiles (user_id, organization_id, employee_code, department, updated_at)
           select id, organization_id, $2, $3, $4 from users where id = $1
           on conflict (user_id) do update set employee_code = $2, department = $3, updated_at = $4`,
    values: [person.userId, person.employeeCode, person.department, now],
  });
  if (endsSessions) await revokeRefreshTokens(client, person.userId, now);
}

export async function revokeRefreshTokens(client: ClientBase, userId: string, now: Date): Promise<void> {
  await client.query({
    name: 'revoke-refresh-tokens-of-person',
    text: 'update refresh_tokens set revoked_at = $2 where user_id = $1 and revoked_at is null',
    values: [userId, now],
  });
}

export interface PersonDeletion {
  readonly userId: string;
  readonly eventId: string;
  readonly actor: string;
  readonly correlationId: string;
}

/** Soft-deletes a person of the transaction's organization and erases their faces, with the event; the erased faces' ids. */
export async function deletePerson(client: ClientBase, deletion: PersonDeletion): Promise<string[]> {
  const { rows } = await client.query<{ told: { readonly face_ids: string[] } | null }>({
    name: 'delete-user',
    text: 'select delete_user($1, $2, $3, $4) as told',
    values: [deletion.userId, deletion.eventId, deletion.actor, deletion.correlationId],
  });
  return rows[0]?.told?.face_ids ?? [];
}
