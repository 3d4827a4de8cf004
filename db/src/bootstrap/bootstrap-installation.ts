import { createPool, withTransaction } from '@rollcall/postgres';
import type { ClientBase } from 'pg';
import { hashPassword } from './hash-password.js';
import { ADMIN_ROLE, insertOrganization } from './insert-organization.js';
import { randomPassword } from './random-password.js';

export interface BootstrapOptions {
  /** E-mail the first administrator signs in with. */
  readonly adminEmail?: string;
  /** Password of the first administrator; a random one when not given. */
  readonly adminPassword?: string;
  readonly organizationName?: string;
  /** IANA name; that of this machine when not given. */
  readonly timezone?: string;
}

export interface Bootstrap {
  /** False: there was an organization already and nothing was done. */
  readonly created: boolean;
  readonly organizationId: string;
  /** Of the first administrator. */
  readonly email: string;
  /** Only when it was made up now; it is stored nowhere. */
  readonly password?: string;
}

const ACTOR = 'system:set-up';
const FIRST_SLUG = 'default';

/** Makes the first organization with an administrator and default rules, unless there is an organization. */
export async function bootstrapInstallation(ownerUrl: string, options: BootstrapOptions = {}): Promise<Bootstrap> {
  const pool = createPool({
    connectionString: ownerUrl,
    applicationName: 'rollcall-set-up',
    max: 1,
    onError: () => undefined,
  });
  try {
    const known = await findFirstOrganization(pool);
    if (known !== undefined) return known;
    const email = (options.adminEmail ?? 'admin@rollcall.local').toLowerCase();
    const password = options.adminPassword ?? randomPassword();
    // Before the transaction: hashing takes a third of a second.
    const passwordHash = await hashPassword(password);
    return await withTransaction(pool, async (client) => {
      // Two starts at once: the second waits here and then finds the organization.
      await client.query('lock table organizations in share row exclusive mode');
      const meanwhile = await findFirstOrganization(client);
      if (meanwhile !== undefined) return meanwhile;
      const name = options.organizationName ?? 'My organization';
      const timezone = options.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
      const organization = { slug: FIRST_SLUG, name, timezone, email, passwordHash, actor: ACTOR };
      const organizationId = await insertOrganization(client, organization);
      return { created: true, organizationId, email, ...(options.adminPassword === undefined ? { password } : {}) };
    });
  } finally {
    await pool.end();
  }
}

async function findFirstOrganization(client: Pick<ClientBase, 'query'>): Promise<Bootstrap | undefined> {
  const sql = `
    select organizations.id, users.email
    from organizations
    left join users on users.organization_id = organizations.id and users.role_id = ${ADMIN_ROLE} and not users.is_deleted
    order by organizations.created_at, organizations.id, users.created_at limit 1`;
  const { rows } = await client.query<{ id: string; email: string | null }>(sql);
  return rows[0] && { created: false, organizationId: rows[0].id, email: rows[0].email ?? '' };
}
