import type { Pool } from '@rollcall/postgres';
import { v7 as uuidV7 } from 'uuid';

export interface BuiltOrganization {
  readonly id: string;
  readonly slug: string;
  readonly timezone: string;
}

/** An organization without rules or people. `owner` is the owner's pool of a test database, here and in all builders. */
export async function buildOrganization(
  owner: Pool,
  given: Partial<BuiltOrganization> = {},
): Promise<BuiltOrganization> {
  const id = given.id ?? uuidV7();
  const organization = { id, slug: given.slug ?? `org-${id}`, timezone: given.timezone ?? 'UTC' };
  await owner.query('insert into organizations (id, slug, name, timezone) values ($1, $2, $3, $4)', [
    id,
    organization.slug,
    `Organization ${organization.slug}`,
    organization.timezone,
  ]);
  return organization;
}
