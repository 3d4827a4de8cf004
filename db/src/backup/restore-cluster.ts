import { chown, copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { accountFolder, makePrivateFolder } from '../cluster/account-folder.js';
import { choosePlace, openCluster } from '../cluster/open-cluster.js';
import { findRunningPostmaster } from '../cluster/postmaster.js';
import type { ProcessIdentity } from '../cluster/process-identity.js';
import { loadOrCreateSecrets, type DatabaseSecrets } from '../installation/database-secrets.js';
import { unpackFolder } from './archive-folder.js';
import { BackupError } from './backup-error.js';
import type { BackupManifest } from './backup-manifest.js';
import { beginAfter } from './begin-after.js';
import { CLUSTER_FILES, CLUSTER_LABEL, CLUSTER_LOG } from './copy-cluster.js';
import { replacementOf, type FolderReplacement } from './replace-folder.js';

/** Prepares the files of the embedded cluster beside those there are. @throws BackupError, ClusterError */
export async function prepareCluster(
  stateDir: string,
  backup: string,
  { postgres_version: version }: BackupManifest,
  stamp: string,
): Promise<FolderReplacement> {
  const place = await choosePlace(stateDir, undefined);
  if (place.binaries.majorVersion !== version) {
    throw new BackupError(
      `The backup is of PostgreSQL ${String(version)}, this Rollcall brings ${String(place.binaries.majorVersion)}: restore it with the Rollcall that made it.`,
    );
  }
  if (await findRunningPostmaster(place.dataDir)) {
    throw new BackupError(`The database in ${place.dataDir} runs: stop Rollcall first.`);
  }
  const replacement = replacementOf(place.dataDir, stamp);
  if (place.identity.kind === 'account') await makePrivateFolder(accountFolder(stateDir), place.identity);
  await mkdir(dirname(replacement.staging), { recursive: true, mode: 0o700 });
  await unpackFolder(join(backup, CLUSTER_FILES), replacement.staging);
  await unpackFolder(join(backup, CLUSTER_LOG), join(replacement.staging, 'pg_wal'));
  await copyFile(join(backup, CLUSTER_LABEL), join(replacement.staging, 'backup_label'));
  await giveTo(place.identity, replacement.staging);
  return replacement;
}

/** Starts the restored cluster, which brings it to the moment of the backup, and has a new epoch begin. */
export async function settleCluster(
  stateDir: string,
  secrets: DatabaseSecrets,
  epochs: readonly number[],
): Promise<void> {
  const cluster = await openCluster({ stateDir, superuserPassword: secrets.superuser });
  try {
    const client = new pg.Client({ connectionString: cluster.urlOf('rollcall') });
    await client.connect();
    try {
      await beginAfter(client, epochs);
    } finally {
      await client.end();
    }
  } finally {
    await cluster.close();
  }
}

/** The epoch of the database that a restore replaces; 0 when there is none, or none that starts. */
export async function epochOfPresent(stateDir: string): Promise<number> {
  const secretsFile = join(stateDir, 'secrets', 'database.json');
  if ((await stat(secretsFile).catch(() => undefined)) === undefined) return 0;
  try {
    const { superuser } = await loadOrCreateSecrets(secretsFile);
    const cluster = await openCluster({ stateDir, superuserPassword: superuser });
    const client = new pg.Client({ connectionString: cluster.urlOf('rollcall') });
    try {
      await client.connect();
      const { rows } = await client.query<{ epoch: number | null }>('select max(epoch) as epoch from log_identity');
      return rows[0]?.epoch ?? 0;
    } finally {
      await client.end().catch(() => undefined);
      await cluster.close();
    }
  } catch {
    // Damaged, or not whole: that may be why somebody restores.
    return 0;
  }
}

/** Files were unpacked as ours; Postgres may run under another account. */
async function giveTo(identity: ProcessIdentity, path: string): Promise<void> {
  if (identity.kind !== 'account') return;
  await chown(path, identity.uid, identity.gid);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) await giveTo(identity, below);
    else await chown(below, identity.uid, identity.gid);
  }
}
