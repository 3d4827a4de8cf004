import { createPool, withTransaction } from '@rollcall/postgres';
import { hashPassword } from './hash-password.js';
import { insertOrganization } from './insert-organization.js';
import { randomPassword } from './random-password.js';

export interface OrganizationOptions {
  readonly slug: string;
  readonly name: string;
  /** IANA name. */
  readonly timezone: string;
  readonly adminEmail: string;
  /** Who makes it, as events name it: `system:cli`. */
  readonly actor: string;
}

export interface CreatedOrganization {
  readonly organizationId: string;
  /** Of its administrator. */
  readonly email: string;
  /** Made up now and stored nowhere. */
  readonly password: string;
}

/** The slug belongs to another organization. */
export class SlugTakenError extends Error {
  override readonly name = 'SlugTakenError';
}

const UNIQUE_VIOLATION = '23505';

/** Makes a further organization, with an administrator: for whoever may read the installation's secrets. @throws SlugTakenError */
export async function createOrganization(ownerUrl: string, options: OrganizationOptions): Promise<CreatedOrganization> {
  const email = options.adminEmail.trim().toLowerCase();
  const password = randomPassword();
  // Before the transaction: hashing takes a third of a second.
  const passwordHash = await hashPassword(password);
  const pool = createPool({
    connectionString: ownerUrl,
    applicationName: 'rollcall-set-up',
    max: 1,
    onError: () => undefined,
  });
  try {
    const organizationId = await withTransaction(pool, (client) =>
      insertOrganization(client, { ...options, email, passwordHash }),
    );
    return { organizationId, email, password };
  } catch (error) {
    const { code, constraint } = error as { code?: unknown; constraint?: unknown };
    if (code !== UNIQUE_VIOLATION || constraint !== 'organizations_slug_key') throw error;
    throw new SlugTakenError(`There is an organization "${options.slug}" already.`, { cause: error });
  } finally {
    await pool.end();
  }
}
