import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HEADS_FOLDER } from '@rollcall/audit-trail';
import { loadOrCreateSecrets, type DatabaseSecrets } from '../installation/database-secrets.js';
import { noteFinished, noteUnfinished } from '../installation/unfinished-restore.js';
import { openInstallation } from '../installation/open-installation.js';
import { listMigrations } from '../migrations/migration-files.js';
import { syncFileSystem, unpackFolder } from './archive-folder.js';
import { BackupError } from './backup-error.js';
import { HEADS, OBJECTS, SECRETS, SETTINGS } from './backup-installation.js';
import { readManifest, type BackupManifest } from './backup-manifest.js';
import { noteEpoch, readNotedEpoch } from './begin-after.js';
import { discard, isOccupied, putInPlace, replacementOf, type FolderReplacement } from './replace-folder.js';
import { epochOfPresent, prepareCluster, settleCluster } from './restore-cluster.js';
import { requireEmptyDatabase, settleDatabase } from './restore-database.js';

export interface RestoreOptions {
  readonly stateDir: string;
  /** An empty database for a backup made by pg_dump; the embedded one when not given. */
  readonly databaseUrl?: string;
  readonly storageRoot: string;
  /** The backup. */
  readonly folder: string;
  /** Whether what is there may be put aside. */
  readonly replace: boolean;
  /** Epoch that readers of the event feed may have seen of a database that is gone. */
  readonly afterEpoch?: number;
  readonly now: Date;
  readonly log?: (line: string) => void;
}

export interface Restored {
  /** The event log's epoch from now on. */
  readonly epoch: number;
  /** When the backup was made: what happened since is gone. */
  readonly backupOf: string;
  /** Folders that were in the way, kept under these names. */
  readonly putAside: readonly string[];
  /** The settings of then, which are not put in place. */
  readonly settingsFile: string | undefined;
}

/**
 * Makes an installation of a backup: everything is checked and prepared beside what there is, then put in place. The event log begins a
 * new epoch: cursors and checkpoints, also those that had come further than the backup, go on. Rollcall must not run.
 *
 * @throws BackupError, ClusterError, ProvisioningRequiredError: the message says what to do.
 */
export async function restoreInstallation(options: RestoreOptions): Promise<Restored> {
  const { folder, databaseUrl, log = () => undefined } = options;
  const stateDir = resolve(options.stateDir);
  log('Checking the backup');
  const manifest = await readManifest(folder);
  await requireFitting(manifest, databaseUrl);
  const epochs = [manifest.epoch, options.afterEpoch ?? 0, await readNotedEpoch(stateDir)];
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  if (databaseUrl === undefined) epochs.push(await epochOfPresent(stateDir));

  const stamp = options.now.toISOString().replaceAll(/[:.]/g, '-');
  const parts: Parts = {
    secrets: replacementOf(join(stateDir, 'secrets'), stamp),
    storage: replacementOf(resolve(options.storageRoot), stamp),
  };
  const prepared: FolderReplacement[] = [parts.secrets, parts.storage];
  const putAside: string[] = [];
  try {
    const passwords = await unpackParts(parts, manifest, options);
    log('Restoring the database');
    if (databaseUrl === undefined) {
      const cluster = await prepareCluster(stateDir, folder, manifest, stamp);
      prepared.push(cluster);
      if (!options.replace && (await isOccupied(cluster))) throw inTheWay(cluster.target);
    } else {
      await settleDatabase(databaseUrl, folder, manifest, passwords, epochs);
    }
    await syncFileSystem(stateDir);
    await noteUnfinished(stateDir);
    for (const part of prepared) putAside.push(...[await putInPlace(part)].filter((path) => path !== undefined));
    // Built from the database when they are needed; those of the installation that was here are not this one's.
    await rm(join(stateDir, 'galleries'), { recursive: true, force: true });
    if (databaseUrl === undefined) await settleCluster(stateDir, passwords, epochs);
    await noteFinished(stateDir);
  } finally {
    for (const part of prepared) await discard(part);
  }
  const epoch = await openOnce(stateDir, databaseUrl, log);
  await noteEpoch(stateDir, epoch);
  const settingsFile = holds(manifest, SETTINGS) ? join(folder, SETTINGS) : undefined;
  return { epoch, backupOf: manifest.created_at, putAside, settingsFile };
}

interface Parts {
  readonly secrets: FolderReplacement;
  readonly storage: FolderReplacement;
}

/** Prepares secrets and stored objects; answers the passwords of the restored database. */
async function unpackParts(
  { secrets, storage }: Parts,
  manifest: BackupManifest,
  { folder, replace, log = () => undefined }: RestoreOptions,
): Promise<DatabaseSecrets> {
  for (const [part, archive] of [[secrets, SECRETS] as const, [storage, OBJECTS] as const]) {
    if (!replace && (await isOccupied(part))) throw inTheWay(part.target);
    log(`Unpacking ${archive}`);
    await unpackFolder(join(folder, archive), part.staging);
  }
  if (holds(manifest, HEADS)) await unpackFolder(join(folder, HEADS), join(storage.staging, HEADS_FOLDER));
  return loadOrCreateSecrets(join(secrets.staging, 'database.json'));
}

async function requireFitting(manifest: BackupManifest, databaseUrl: string | undefined): Promise<void> {
  const known = (await listMigrations()).some(({ name }) => name === manifest.migration);
  if (!known)
    throw new BackupError(
      `The backup is of a newer Rollcall (${manifest.migration} is not known here): install that version.`,
    );
  if (manifest.database === 'dump' && databaseUrl === undefined) {
    throw new BackupError('The backup is a dump of a PostgreSQL of its own: name an empty database in DATABASE_URL.');
  }
  if (manifest.database === 'cluster' && databaseUrl !== undefined) {
    throw new BackupError('The backup is of the embedded PostgreSQL: restore it without DATABASE_URL.');
  }
  if (databaseUrl !== undefined) await requireEmptyDatabase(databaseUrl, manifest);
}

function holds(manifest: BackupManifest, file: string): boolean {
  return manifest.files.some(({ name }) => name === file);
}

function inTheWay(target: string): BackupError {
  return new BackupError(`${target} is not empty: with --replace it is put aside, and kept under another name.`);
}

/** Roles, migrations since the backup, and the new epoch. */
async function openOnce(
  stateDir: string,
  databaseUrl: string | undefined,
  log: (line: string) => void,
): Promise<number> {
  const installation = await openInstallation({ stateDir, log, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  await installation.close();
  return installation.report.epoch;
}
