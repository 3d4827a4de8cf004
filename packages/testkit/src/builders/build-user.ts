import type { Pool } from '@rollcall/postgres';
import { v7 as uuidV7 } from 'uuid';

export interface BuiltUser {
  readonly id: string;
  readonly organizationId: string;
  readonly roleId: number;
  readonly email: string | null;
  readonly fullName: string;
}

/** A person with a profile; role USER and no password unless given. */
export async function buildUser(
  owner: Pool,
  organizationId: string,
  given: Partial<BuiltUser> & { readonly passwordHash?: string } = {},
): Promise<BuiltUser> {
  const id = given.id ?? uuidV7();
  const user = {
    ...{ id, organizationId, roleId: given.roleId ?? 3, fullName: given.fullName ?? 'Ada Example' },
    email: given.email === undefined ? `user-${id}@example.test` : given.email,
  };
  await owner.query(
    `with person as (
       insert into users (id, organization_id, role_id, email, password_hash, full_name)
       values ($1, $2, $3, $4, $5, $6) returning id, organization_id
     )
     insert into user_profiles (user_id, organization_id) select id, organization_id from person`,
    [id, organizationId, user.roleId, user.email, given.passwordHash ?? null, user.fullName],
  );
  return user;
}
