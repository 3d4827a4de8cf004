import { roleIdOf, roleOf } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import type { PresentPerson, WantedPerson } from '../domain/user-import/plan-import.js';

/**
 * Everybody who has one of these codes or emails.
 *
 * @param options.lock nobody else changes them until the transaction ends.
 */
export async function findPeople(
  client: ClientBase,
  { codes, emails }: { readonly codes: readonly string[]; readonly emails: readonly string[] },
  options: { readonly lock: boolean },
): Promise<PresentPerson[]> {
  const { rows } = await client.query<{
    id: string;
    role_id: number;
    full_name: string;
    email: string | null;
    employee_code: string | null;
    department: string | null;
    is_active: boolean;
  }>({
    text: `select u.id, u.role_id, u.full_name, u.email, p.employee_code, p.department, u.is_active
           from users as u left join user_profiles as p on p.user_id = u.id
           where not u.is_deleted and u.id in (
             select user_id from user_profiles where employee_code = any($1::text[])
             union select id from users where email = any($2::text[]) and not is_deleted
           )
           order by u.id ${options.lock ? 'for no key update of u' : ''}`,
    values: [codes, emails],
  });
  return rows.map((row) => ({
    userId: row.id,
    role: roleOf(row.role_id),
    fullName: row.full_name,
    email: row.email,
    employeeCode: row.employee_code,
    department: row.department,
    isActive: row.is_active,
  }));
}

/** Adds people of the role USER who cannot sign in. A taken email or code is the database's unique violation. */
export async function insertPeople(
  client: ClientBase,
  organizationId: string,
  people: readonly WantedPerson[],
  now: Date,
): Promise<void> {
  if (people.length === 0) return;
  await client.query({
    name: 'insert-people',
    text: `with wanted as (
             select * from jsonb_to_recordset($1::jsonb) as w (${COLUMNS})
           ), person as (
             insert into users (id, organization_id, role_id, email, full_name, is_active, created_at, updated_at)
             select id, $2, $3, email, full_name, is_active, $4, $4 from wanted
           )
           insert into user_profiles (user_id, organization_id, employee_code, department, updated_at)
           select id, $2, employee_code, department, $4 from wanted`,
    values: [toRows(people), organizationId, roleIdOf('USER'), now],
  });
}

/** Writes locked people anew; who is switched off is signed out. */
export async function updatePeople(client: ClientBase, people: readonly WantedPerson[], now: Date): Promise<void> {
  if (people.length === 0) return;
  const rows = toRows(people);
  const { rows: silenced } = await client.query<{ id: string }>({
    name: 'update-people',
    text: `update users as u set full_name = w.full_name, email = w.email, is_active = w.is_active, updated_at = $2,
             version = u.version + 1,
             token_generation = u.token_generation + case when u.is_active and not w.is_active then 1 else 0 end
           from jsonb_to_recordset($1::jsonb) as w (${COLUMNS}) where u.id = w.id
           returning case when not u.is_active then u.id end as id`,
    values: [rows, now],
  });
  await client.query({
    name: 'update-people-profiles',
    text: `insert into user_profiles (user_id, organization_id, employee_code, department, updated_at)
           select w.id, u.organization_id, w.employee_code, w.department, $2
           from jsonb_to_recordset($1::jsonb) as w (${COLUMNS}) join users as u on u.id = w.id
           on conflict (user_id) do update
           set employee_code = excluded.employee_code, department = excluded.department, updated_at = excluded.updated_at`,
    values: [rows, now],
  });
  await client.query({
    name: 'revoke-refresh-tokens-of-people',
    text: 'update refresh_tokens set revoked_at = $2 where user_id = any($1::uuid[]) and revoked_at is null',
    values: [silenced.map(({ id }) => id), now],
  });
}

const COLUMNS = 'id uuid, full_name text, email text, employee_code text, department text, is_active boolean';

function toRows(people: readonly WantedPerson[]): string {
  return JSON.stringify(
    people.map(({ userId, fullName, email, employeeCode, department, isActive }) => ({
      id: userId,
      full_name: fullName,
      email,
      employee_code: employeeCode,
      department,
      is_active: isActive,
    })),
  );
}
