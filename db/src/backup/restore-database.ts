import { join } from 'node:path';
import pg from 'pg';
import type { DatabaseSecrets } from '../installation/database-secrets.js';
import { loginRoles, urlFor } from '../installation/login-roles.js';
import { isProvisioned, provision } from '../installation/provision.js';
import { BackupError } from './backup-error.js';
import type { BackupManifest } from './backup-manifest.js';
import { DUMP } from './backup-installation.js';
import { beginAfter } from './begin-after.js';
import { restoreDump } from './dump-database.js';

/** Refuses a database that holds an installation already, and a server older than the one the dump is of. @throws BackupError */
export async function requireEmptyDatabase(
  databaseUrl: string,
  { postgres_version: dumped }: BackupManifest,
): Promise<void> {
  const { version, used } = await ask(databaseUrl, async (client) => {
    const { rows } = await client.query<{ version: number; used: boolean }>(
      `select current_setting('server_version_num')::int / 10000 as version,
              exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')) as used`,
    );
    return rows[0] ?? { version: 0, used: true };
  });
  if (used) {
    throw new BackupError(
      'The database in DATABASE_URL is not empty: create a new one, and name that in DATABASE_URL.',
    );
  }
  if (version < dumped) {
    throw new BackupError(
      `The backup is of PostgreSQL ${String(dumped)}, this server is ${String(version)}: an older one cannot take it.`,
    );
  }
}

/** Brings the dump into the empty database, with the roles of its installation, and has a new epoch begin. */
export async function settleDatabase(
  databaseUrl: string,
  backup: string,
  { postgres_version: version }: BackupManifest,
  secrets: DatabaseSecrets,
  epochs: readonly number[],
): Promise<void> {
  const roles = loginRoles(secrets);
  if (!(await isProvisioned(databaseUrl, roles))) await provision(databaseUrl, roles);
  await restoreDump(urlFor(databaseUrl, roles.owner), version, join(backup, DUMP));
  await ask(urlFor(databaseUrl, roles.owner, 'rollcall_owner'), (client) => beginAfter(client, epochs));
}

async function ask<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect().catch((error: unknown) => {
      throw new BackupError(`Cannot connect to PostgreSQL: ${(error as Error).message}`);
    });
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
