import { defaultAttendancePolicyRules } from '@rollcall/contracts';
import { newEvent, ringEvents } from '@rollcall/event-log';
import type { ClientBase } from 'pg';
import { v7 as uuidV7 } from 'uuid';
import { appendAudited } from './append-audited.js';

export const ADMIN_ROLE = 1;

export interface NewOrganization {
  readonly slug: string;
  readonly name: string;
  /** IANA name. */
  readonly timezone: string;
  /** E-mail of its first administrator. */
  readonly email: string;
  readonly passwordHash: string;
  /** Who makes it, as events name it. */
  readonly actor: string;
}

/** Makes an organization with default rules and an administrator, and tells so; answers its id. */
export async function insertOrganization(client: ClientBase, organization: NewOrganization): Promise<string> {
  const { slug, name, timezone } = organization;
  const organizationId = uuidV7();
  await client.query(`insert into organizations (id, slug, name, timezone) values ($1, $2, $3, $4)`, [
    organizationId,
    slug,
    name,
    timezone,
  ]);
  // With the time zone in it: a version of the rules must give the same records for ever.
  const rules = { ...defaultAttendancePolicyRules, timezone };
  await client.query(
    `insert into policy_versions (id, organization_id, version, valid_from, rules) values ($1, $2, 1, '1970-01-01', $3)`,
    [uuidV7(), organizationId, JSON.stringify(rules)],
  );
  const correlationId = uuidV7();
  const event = newEvent<'organization.created'>({
    type: 'organization.created',
    organizationId,
    subject: `organizations/${organizationId}`,
    actor: organization.actor,
    correlationId,
    payload: { organization_id: organizationId, slug, timezone },
    occurredAt: new Date(),
  });
  await appendAudited(client, event, { name });
  await insertAdministrator(client, organization, { organizationId, correlationId });
  await ringEvents(client);
  return organizationId;
}

async function insertAdministrator(
  client: ClientBase,
  { email, passwordHash, actor }: NewOrganization,
  { organizationId, correlationId }: { readonly organizationId: string; readonly correlationId: string },
): Promise<void> {
  const userId = uuidV7();
  const fullName = 'Administrator';
  await client.query(
    `insert into users (id, organization_id, role_id, email, password_hash, full_name, password_changed_at)
     values ($1, $2, ${ADMIN_ROLE}, $3, $4, $5, now())`,
    [userId, organizationId, email, passwordHash, fullName],
  );
  await client.query('insert into user_profiles (user_id, organization_id) values ($1, $2)', [userId, organizationId]);
  const event = newEvent<'user.created'>({
    type: 'user.created',
    organizationId,
    subject: `users/${userId}`,
    actor,
    correlationId,
    payload: { user_id: userId, role_id: ADMIN_ROLE },
    occurredAt: new Date(),
  });
  await appendAudited(client, event, { full_name: fullName, email });
}
