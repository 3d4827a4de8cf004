import { newEvent, ringEvents } from '@rollcall/event-log';
import { createPool, withTransaction } from '@rollcall/postgres';
import type { ClientBase } from 'pg';
import { v7 as uuidV7 } from 'uuid';
import { appendAudited } from './append-audited.js';
import { hashPassword } from './hash-password.js';
import { randomPassword } from './random-password.js';

export interface TemporaryOperatorOptions {
  readonly email: string;
  readonly fullName: string;
  /** Who makes it, as events name it: `system:demo`. */
  readonly actor: string;
}

export interface TemporaryOperator {
  readonly email: string;
  readonly password: string;
  /** Slug of the organization. */
  readonly organization: string;
  /** Takes the right to sign in away and ends its sessions; the person stays, for what it did stays in the trail. */
  close(): Promise<void>;
}

const OPERATOR_ROLE = 2;

/** An operator of the first organization with a password of the moment: for whoever may read the installation's secrets. */
export async function openTemporaryOperator(
  ownerUrl: string,
  options: TemporaryOperatorOptions,
): Promise<TemporaryOperator> {
  const password = randomPassword();
  const passwordHash = await hashPassword(password);
  const { slug, userId, organizationId } = await once(ownerUrl, (client) => admit(client, options, passwordHash));
  return {
    email: options.email,
    password,
    organization: slug,
    close: () =>
      once(ownerUrl, async (client) => {
        await client.query(
          `update users set is_active = false, password_hash = null, token_generation = token_generation + 1,
             version = version + 1, updated_at = now()
           where id = $1`,
          [userId],
        );
        await tellUpdated(client, { organizationId, userId, actor: options.actor });
      }),
  };
}

async function once<Result>(ownerUrl: string, work: (client: ClientBase) => Promise<Result>): Promise<Result> {
  const pool = createPool({
    connectionString: ownerUrl,
    applicationName: 'rollcall-set-up',
    max: 1,
    onError: () => undefined,
  });
  try {
    return await withTransaction(pool, work);
  } finally {
    await pool.end();
  }
}

interface Admitted {
  readonly slug: string;
  readonly organizationId: string;
  readonly userId: string;
}

async function admit(client: ClientBase, options: TemporaryOperatorOptions, passwordHash: string): Promise<Admitted> {
  const organizations = await client.query<{ id: string; slug: string }>(
    'select id, slug from organizations order by created_at, id limit 1',
  );
  const [organization] = organizations.rows;
  if (organization === undefined) throw new Error('there is no organization yet: start Rollcall once');
  const { id: organizationId, slug } = organization;
  // Left over from one that was not closed, or used again.
  const known = await client.query<{ id: string }>(
    `update users set is_active = true, password_hash = $3, password_changed_at = now(), version = version + 1, updated_at = now()
     where organization_id = $1 and email = $2 and not is_deleted and role_id = ${OPERATOR_ROLE} returning id`,
    [organizationId, options.email, passwordHash],
  );
  if (known.rows[0] !== undefined) {
    await tellUpdated(client, { organizationId, userId: known.rows[0].id, actor: options.actor });
    return { slug, organizationId, userId: known.rows[0].id };
  }
  const userId = uuidV7();
  await client.query(
    `insert into users (id, organization_id, role_id, email, password_hash, full_name, password_changed_at)
     values ($1, $2, ${OPERATOR_ROLE}, $3, $4, $5, now())`,
    [userId, organizationId, options.email, passwordHash, options.fullName],
  );
  await client.query('insert into user_profiles (user_id, organization_id) values ($1, $2)', [userId, organizationId]);
  const event = newEvent<'user.created'>({
    ...{ type: 'user.created', organizationId, subject: `users/${userId}`, actor: options.actor },
    ...{ correlationId: uuidV7(), occurredAt: new Date(), payload: { user_id: userId, role_id: OPERATOR_ROLE } },
  });
  await appendAudited(client, event, { full_name: options.fullName, email: options.email });
  await ringEvents(client);
  return { slug, organizationId, userId };
}

async function tellUpdated(
  client: ClientBase,
  { organizationId, userId, actor }: { organizationId: string; userId: string; actor: string },
): Promise<void> {
  const event = newEvent<'user.updated'>({
    ...{ type: 'user.updated', organizationId, subject: `users/${userId}`, actor, correlationId: uuidV7() },
    ...{ occurredAt: new Date(), payload: { user_id: userId, changed: ['is_active', 'password'] } },
  });
  await appendAudited(client, event, {});
  await ringEvents(client);
}
