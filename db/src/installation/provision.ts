import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { errorCode } from '../error-code.js';
import { ClusterError } from '../cluster/cluster-error.js';
import { urlFor, type LoginRoles } from './login-roles.js';
import { provisioningSql } from './provisioning-sql.js';

/** The server's administrator has to run these statements first; this account may not. */
export class ProvisioningRequiredError extends Error {
  override readonly name = 'ProvisioningRequiredError';

  constructor(
    /** Statements for psql, connected to the database in question. */
    readonly sql: string,
    options?: ErrorOptions,
  ) {
    super(
      'The account in DATABASE_URL may not create the roles Rollcall needs. Let an administrator of the database run this, then start again:\n\n' +
        sql,
      options,
    );
  }
}

const OLDEST_SERVED_VERSION = 15;
const INSUFFICIENT_PRIVILEGE = '42501';

/** Whether all login roles can come in and the owner may make objects. Throws when the server cannot be reached. */
export async function isProvisioned(databaseUrl: string, roles: LoginRoles): Promise<boolean> {
  const checks = await Promise.all([
    canLogIn(urlFor(databaseUrl, roles.owner, 'rollcall_owner'), OWNER_READY),
    canLogIn(urlFor(databaseUrl, roles.gateway), MEMBER_OF('rollcall_gateway')),
    canLogIn(urlFor(databaseUrl, roles.system), MEMBER_OF('rollcall_system')),
  ]);
  return checks.every(Boolean);
}

const OWNER_READY = `
  select pg_has_role(session_user, 'rollcall_scheduler', 'member')
    and has_schema_privilege('public', 'create')
    and has_database_privilege('rollcall_scheduler', current_database(), 'create') as ready`;
const MEMBER_OF = (group: string): string => `select pg_has_role('${group}', 'usage') as ready`;

/** Errors that mean "not yet": no such role, wrong password, not a member, no such group role. */
const NOT_YET = new Set(['28000', '28P01', INSUFFICIENT_PRIVILEGE, '42704', '22023']);

/** A server that refuses a login may close before its reason was read: then only the end of the connection is seen. */
const LOGIN_TRIES = 5;
const LOGIN_PAUSE_MS = 100;

async function canLogIn(url: string, readySql: string, tries = LOGIN_TRIES): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ ready: boolean }>(readySql);
    return rows[0]?.ready === true;
  } catch (error) {
    if (NOT_YET.has(errorCode(error))) return false;
    if (tries <= 1 || !endedWithoutReason(error)) throw unreachable(error);
  } finally {
    await client.end().catch(() => undefined);
  }
  await sleep(LOGIN_PAUSE_MS);
  return canLogIn(url, readySql, tries - 1);
}

function endedWithoutReason(error: unknown): boolean {
  return (
    errorCode(error) === 'ECONNRESET' || (error instanceof Error && error.message.includes('terminated unexpectedly'))
  );
}

/**
 * Creates roles and rights over an account that may do so.
 *
 * @throws ProvisioningRequiredError with the statements when it may not.
 */
export async function provision(adminUrl: string, roles: LoginRoles): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect().catch((error: unknown) => {
      throw unreachable(error);
    });
    const { rows } = await client.query<{ database: string; version: number }>(
      "select current_database() as database, current_setting('server_version_num')::int / 10000 as version",
    );
    const { database = '', version = 0 } = rows[0] ?? {};
    if (version < OLDEST_SERVED_VERSION) {
      throw new ClusterError(`This server is PostgreSQL ${version}; Rollcall needs ${OLDEST_SERVED_VERSION} or later.`);
    }
    const sql = provisioningSql({ database, serverVersion: version, roles });
    // One message is one transaction: all of it or nothing.
    await client.query(sql).catch((error: unknown) => {
      if (errorCode(error) !== INSUFFICIENT_PRIVILEGE) throw error;
      throw new ProvisioningRequiredError(sql, { cause: error });
    });
    if (!(await hasRights(client, roles))) throw new ProvisioningRequiredError(sql);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A GRANT by somebody who may not grant is a warning in Postgres, not an error: ask what came of it. */
async function hasRights(client: pg.Client, roles: LoginRoles): Promise<boolean> {
  const sql = `
    select has_schema_privilege('rollcall_owner', 'public', 'create')
      and has_database_privilege('rollcall_owner', current_database(), 'create')
      and has_database_privilege('rollcall_scheduler', current_database(), 'create')
      and has_database_privilege($1, current_database(), 'connect') as ready`;
  const { rows } = await client.query<{ ready: boolean }>(sql, [roles.gateway.name]);
  return rows[0]?.ready === true;
}

function unreachable(error: unknown): ClusterError {
  const { message, code } = error as { message?: string; code?: string };
  return new ClusterError(`Cannot connect to PostgreSQL: ${message || code || String(error)}`, { cause: error });
}
