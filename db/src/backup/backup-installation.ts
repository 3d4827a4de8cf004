import { chmod, copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HEADS_FOLDER } from '@rollcall/audit-trail';
import { holdObjects } from '@rollcall/postgres';
import pg from 'pg';
import { openCluster } from '../cluster/open-cluster.js';
import { loadOrCreateSecrets, type DatabaseSecrets } from '../installation/database-secrets.js';
import { loginRoles, urlFor } from '../installation/login-roles.js';
import { migrationTable } from '../migrations/migration-table.js';
import { packFolder, syncFileSystem } from './archive-folder.js';
import { BackupError } from './backup-error.js';
import { writeManifest, type BackupManifest } from './backup-manifest.js';
import { CLUSTER_FILES, CLUSTER_LABEL, CLUSTER_LOG, copyCluster } from './copy-cluster.js';
import { dumpDatabase } from './dump-database.js';

export const DUMP = 'database.dump';
export const OBJECTS = 'objects.tar';
/** Ends of the audit trail's chains: copied before the database, which then holds all that they name. */
export const HEADS = 'audit-heads.tar';
export const SECRETS = 'secrets.tar';
export const SETTINGS = 'settings.env';

export interface BackupOptions {
  /** Folder of the installation. */
  readonly stateDir: string;
  /** Its database, when that is not the embedded one. */
  readonly databaseUrl?: string;
  /** Folder of the images and crops. */
  readonly storageRoot: string;
  /** The file with its settings; copied when it is there. */
  readonly settingsFile?: string;
  /** Made; it must not hold anything. */
  readonly folder: string;
  readonly now: Date;
  /** Told of each step, in words for a person. */
  readonly log?: (line: string) => void;
}

/**
 * Copies an installation into a folder while it runs: the database as it is at one moment, then the stored objects, of which none is
 * deleted meanwhile (a row's object is written before the row, so none that the copy's rows name is missing; those without a row are swept
 * after a restore), then its secrets. Galleries are left out: they are built from the database. Changes nothing, migrates nothing.
 *
 * @throws BackupError, ClusterError: the message says what to do.
 */
export async function backUpInstallation(options: BackupOptions): Promise<BackupManifest> {
  const { log = () => undefined } = options;
  const stateDir = resolve(options.stateDir);
  const secretsFile = join(stateDir, 'secrets', 'database.json');
  if (!(await exists(secretsFile))) throw new BackupError(`There is no installation in ${stateDir}.`);
  const secrets = await loadOrCreateSecrets(secretsFile);
  await makeEmptyFolder(options.folder);
  const database = await openDatabase(stateDir, options.databaseUrl, secrets);
  try {
    await database.client.connect();
    const about = await describeDatabase(database.client);
    await holdObjects(database.client);
    const names = await copyHeads(options);
    log('Copying the database');
    names.push(...(await database.copy(options.folder, about.postgres_version)));
    log('Copying the stored images');
    names.push(...(await copyFiles(stateDir, options)));
    await syncFileSystem(options.folder);
    const created_at = options.now.toISOString();
    return await writeManifest(options.folder, names, { database: database.kind, created_at, ...about });
  } finally {
    await database.client.end().catch(() => undefined);
    await database.close();
  }
}

interface SourceDatabase {
  readonly kind: BackupManifest['database'];
  /** A session of its own: it holds the objects, and is the backup's for the server. */
  readonly client: pg.Client;
  copy(folder: string, version: number): Promise<string[]>;
  close(): Promise<void>;
}

async function openDatabase(
  stateDir: string,
  url: string | undefined,
  secrets: DatabaseSecrets,
): Promise<SourceDatabase> {
  const session = (connectionString: string): pg.Client =>
    new pg.Client({ connectionString, application_name: 'rollcall backup', connectionTimeoutMillis: 10_000 });
  if (url !== undefined) {
    const ownerUrl = urlFor(url, loginRoles(secrets).owner);
    const copy = async (folder: string, version: number): Promise<string[]> => {
      await dumpDatabase(ownerUrl, version, join(folder, DUMP));
      await chmod(join(folder, DUMP), 0o600);
      return [DUMP];
    };
    return {
      kind: 'dump',
      client: session(urlFor(url, loginRoles(secrets).owner, 'rollcall_owner')),
      copy,
      close: () => Promise.resolve(),
    };
  }
  const cluster = await openCluster({ stateDir, superuserPassword: secrets.superuser });
  const client = session(cluster.urlOf('rollcall'));
  const copy = async (folder: string): Promise<string[]> => {
    await copyCluster(client, cluster.dataDir, folder);
    return [CLUSTER_FILES, CLUSTER_LOG, CLUSTER_LABEL];
  };
  return { kind: 'cluster', client, copy, close: () => cluster.close() };
}

async function describeDatabase(
  client: pg.Client,
): Promise<Pick<BackupManifest, 'postgres_version' | 'migration' | 'epoch'>> {
  const { rows } = await client.query<{ version: number; migration: string | null; epoch: number | null }>(
    `select current_setting('server_version_num')::int / 10000 as version,
            (select max(name) from ${migrationTable}) as migration, (select max(epoch) from log_identity) as epoch`,
  );
  const { version = 0, migration, epoch } = rows[0] ?? {};
  return { postgres_version: version, migration: migration ?? '', epoch: epoch ?? 0 };
}

async function copyHeads({ folder, storageRoot }: BackupOptions): Promise<string[]> {
  const heads = join(storageRoot, HEADS_FOLDER);
  if (!(await exists(heads))) return [];
  await packFolder(heads, join(folder, HEADS));
  return [HEADS];
}

async function copyFiles(stateDir: string, { folder, storageRoot, settingsFile }: BackupOptions): Promise<string[]> {
  // The first image makes the folder: without one there is none.
  await mkdir(storageRoot, { recursive: true, mode: 0o700 });
  await packFolder(storageRoot, join(folder, OBJECTS), { without: [`./${HEADS_FOLDER}`] });
  await packFolder(join(stateDir, 'secrets'), join(folder, SECRETS));
  if (settingsFile === undefined || !(await exists(settingsFile))) return [OBJECTS, SECRETS];
  await copyFile(settingsFile, join(folder, SETTINGS));
  await chmod(join(folder, SETTINGS), 0o600);
  return [OBJECTS, SECRETS, SETTINGS];
}

async function makeEmptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  if ((await readdir(folder)).length > 0)
    throw new BackupError(`${folder} is not empty: a backup needs a folder of its own.`);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
