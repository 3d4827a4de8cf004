import { defaultAttendancePolicyRules } from '@rollcall/contracts';
import { newEvent, ringEvents } from '@rollcall/event-log';
import { createPool, withTransaction } from '@rollcall/postgres';
import type { ClientBase } from 'pg';
import { v7 as uuidV7 } from 'uuid';
import { appendAudited } from './append-audited.js';
import { hashPassword } from './hash-password.js';
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

const ADMIN_ROLE = 1;
const ACTOR = 'system:set-up';

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
      const organizationId = await insertOrganization(client, { ...options, email, passwordHash });
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

async function insertOrganization(
  client: ClientBase,
  options: BootstrapOptions & { readonly email: string; readonly passwordHash: string },
): Promise<string> {
  const [organizationId, userId] = [uuidV7(), uuidV7()];
  const name = options.organizationName ?? 'My organization';
  const timezone = options.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const fullName = 'Administrator';
  await client.query(`insert into organizations (id, slug, name, timezone) values ($1, 'default', $2, $3)`, [
    organizationId,
    name,
    timezone,
  ]);
  // With the time zone in it: a version of the rules must give the same records for ever.
  const rules = { ...defaultAttendancePolicyRules, timezone };
  await client.query(
    `insert into policy_versions (id, organization_id, version, valid_from, rules) values ($1, $2, 1, '1970-01-01', $3)`,
    [uuidV7(), organizationId, JSON.stringify(rules)],
  );
  await client.query(
    `insert into users (id, organization_id, role_id, email, password_hash, full_name, password_changed_at)
     values ($1, $2, ${ADMIN_ROLE}, $3, $4, $5, now())`,
    [userId, organizationId, options.email, options.passwordHash, fullName],
  );
  await client.query('insert into user_profiles (user_id, organization_id) values ($1, $2)', [userId, organizationId]);
  const common = { organizationId, actor: ACTOR, correlationId: uuidV7(), occurredAt: new Date() };
  await appendAudited(
    client,
    newEvent<'organization.created'>({
      ...common,
      type: 'organization.created',
      subject: `organizations/${organizationId}`,
      payload: { organization_id: organizationId, slug: 'default', timezone },
    }),
    { name },
  );
  await appendAudited(
    client,
    newEvent<'user.created'>({
      ...common,
      type: 'user.created',
      subject: `users/${userId}`,
      payload: { user_id: userId, role_id: ADMIN_ROLE },
    }),
    { full_name: fullName, email: options.email },
  );
  await ringEvents(client);
  return organizationId;
}
