import { join, resolve } from 'node:path';
import pg from 'pg';
import { errorCode } from '../error-code.js';
import { ClusterError } from '../cluster/cluster-error.js';
import { openCluster, type ClusterOptions } from '../cluster/open-cluster.js';
import { migrate, type MigrationReport } from '../migrations/migrate.js';
import { loadOrCreateSecrets } from './database-secrets.js';
import { loginRoles, urlFor } from './login-roles.js';
import { isProvisioned, provision } from './provision.js';
import { requireDurableCommits } from './require-durable-commits.js';
import { requireInstallation } from './require-installation.js';
import { refuseUnfinished } from './unfinished-restore.js';

export interface InstallationOptions {
  /** Folder of the installation: passwords, and the data of the embedded PostgreSQL. */
  readonly stateDir: string;
  /** An existing PostgreSQL from version 15 on; the embedded one when not given. */
  readonly databaseUrl?: string;
  /** Whether there has to be one already: nothing is made then, no folder, database or role. Default false. */
  readonly existing?: boolean;
  /** Wanted port of the embedded PostgreSQL; any free one when not given. */
  readonly port?: number;
  /** Whether a commit of the embedded PostgreSQL waits for the disk. Default true; false only for what may be lost. */
  readonly durable?: boolean;
  /** Refuse a database whose commits do not wait for the disk: for who is about to accept something. Default false. */
  readonly requireDurable?: boolean;
  /** Told of each step that takes time, in words for a person. */
  readonly log?: (line: string) => void;
}

export interface Installation {
  /** Acts as rollcall_owner: for migrations and bootstrap, never for a service. */
  readonly ownerUrl: string;
  /** For the gateway: row-level security applies. */
  readonly gatewayUrl: string;
  /** For face worker and projector, and for graphile-worker. */
  readonly systemUrl: string;
  readonly report: MigrationReport;
  /** Starts the embedded PostgreSQL again whenever it ends by itself: `Cluster.keepRunning`. One of somebody else's is theirs. */
  keepRunning(tell: (line: string) => void): void;
  /** Ends the embedded PostgreSQL if this process is its owner. */
  close(): Promise<void>;
}

const DATABASE = 'rollcall';

/**
 * Makes the database ready for this version: starts the embedded PostgreSQL unless there is another one, creates roles
 * and rights, migrates. The second time there is nothing to do and it takes a fraction of a second. With `existing`, only migrates.
 *
 * @throws ClusterError, ProvisioningRequiredError: the message says what to do.
 */
export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const log = options.log ?? (() => undefined);
  const stateDir = resolve(options.stateDir);
  await refuseUnfinished(stateDir);
  if (options.existing === true) await requireInstallation(stateDir, options.databaseUrl === undefined);
  const secrets = await loadOrCreateSecrets(join(stateDir, 'secrets', 'database.json'));
  const server =
    options.databaseUrl === undefined
      ? await openEmbedded({ ...options, stateDir, superuserPassword: secrets.superuser }, log)
      : serverOfOthers(options.databaseUrl);
  try {
    const roles = loginRoles(secrets);
    if (options.existing !== true) await server.prepare();
    if (!(await isProvisioned(server.adminUrl, roles))) {
      // New passwords for the roles would lock out whoever works with the old ones.
      if (options.existing === true) throw notOfThisInstallation(stateDir);
      log('Creating roles and rights in the database');
      await provision(server.adminUrl, roles);
    }
    const ownerUrl = urlFor(server.adminUrl, roles.owner, 'rollcall_owner');
    const gatewayUrl = urlFor(server.adminUrl, roles.gateway);
    const systemUrl = urlFor(server.adminUrl, roles.system);
    // Before anything is changed: the version of before has to be able to go on.
    if (options.requireDurable === true) await requireDurableCommits([ownerUrl, gatewayUrl, systemUrl], log);
    const report = await migrate(ownerUrl);
    tell(report, log);
    return {
      ownerUrl,
      gatewayUrl,
      systemUrl,
      report,
      keepRunning: (tell) => server.keepRunning(tell),
      close: () => server.close(),
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

interface Server {
  readonly adminUrl: string;
  prepare(): Promise<void>;
  keepRunning(tell: (line: string) => void): void;
  close(): Promise<void>;
}

const serverOfOthers = (adminUrl: string): Server => ({
  adminUrl,
  prepare: () => Promise.resolve(),
  keepRunning: () => undefined,
  close: () => Promise.resolve(),
});

async function openEmbedded(options: ClusterOptions, log: (line: string) => void): Promise<Server> {
  const { stateDir, superuserPassword, port, durable } = options;
  const cluster = await openCluster({
    ...{ stateDir, superuserPassword },
    ...(port === undefined ? {} : { port }),
    ...(durable === undefined ? {} : { durable }),
  });
  log(`PostgreSQL ${cluster.majorVersion} ${cluster.reused ? 'is running' : 'started'} on port ${cluster.port}`);
  return {
    adminUrl: cluster.urlOf(DATABASE),
    prepare: () =>
      createDatabaseIfAbsent(cluster.urlOf('postgres')).catch((error: unknown) => {
        throw errorCode(error) === '28P01' ? foreignDataError(cluster.dataDir, stateDir) : error;
      }),
    keepRunning: (told) => cluster.keepRunning(told),
    close: () => cluster.close(),
  };
}

function notOfThisInstallation(stateDir: string): ClusterError {
  return new ClusterError(
    `The database is not that of the installation in ${stateDir}, or not ready for this version: check STATE_DIR and DATABASE_URL; npm start makes it ready.`,
  );
}

/** As after removing the state folder alone: the data may lie elsewhere when the server runs under an account of its own. */
function foreignDataError(dataDir: string, stateDir: string): ClusterError {
  return new ClusterError(
    `The database in ${dataDir} was made with other passwords than those in ${join(stateDir, 'secrets')}: ` +
      'restore that folder from a backup, or remove the database to begin anew (all it holds is lost).',
  );
}

async function createDatabaseIfAbsent(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // Two may open at once; the lock ends with the connection.
    await client.query('select pg_advisory_lock(hashtext($1))', [DATABASE]);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) {
      await client.query(`create database ${DATABASE}`);
      await client.query(`revoke all on database ${DATABASE} from public`);
    }
  } finally {
    await client.end();
  }
}

function tell(report: MigrationReport, log: (line: string) => void): void {
  if (report.migrations.length > 0) log(`Migrated: ${report.migrations.join(', ')}`);
  if (report.functions.length > 0) log(`SQL functions brought up to date: ${report.functions.length}`);
  if (report.scheduler) log('Scheduler tables brought up to date');
  if (report.startedEpoch) log(`The event log begins epoch ${report.epoch}`);
}
