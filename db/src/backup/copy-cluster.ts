import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { packFolder } from './archive-folder.js';
import { BackupError } from './backup-error.js';

export const CLUSTER_FILES = 'cluster.tar.gz';
export const CLUSTER_LOG = 'cluster-log.tar';
export const CLUSTER_LABEL = 'cluster.label';

/** What a running server writes anew, or what would be wrong elsewhere: as pg_basebackup leaves it out. */
const LEFT_OUT = [
  ...[
    'pg_wal',
    'pg_replslot',
    'pg_dynshmem',
    'pg_notify',
    'pg_serial',
    'pg_snapshots',
    'pg_stat_tmp',
    'pg_subtrans',
  ].map((folder) => `./${folder}/*`),
  ...[
    './postmaster.pid',
    './postmaster.opts',
    './base/pgsql_tmp*',
    './base/*/pg_internal.init',
    './global/pg_internal.init',
  ],
];

/**
 * Copies the files of a running cluster, with the write-ahead log that makes them one moment (PostgreSQL's documentation, "Making a
 * Base Backup Using the Low Level API"): Rollcall need not stop for it.
 * What was committed before the last file was read is in it.
 *
 * @param client of a superuser; the same session all the while.
 */
export async function copyCluster(client: pg.Client, dataDir: string, folder: string): Promise<void> {
  // Keeps the log from being recycled until this session ends.
  await client.query("select pg_create_physical_replication_slot('rollcall_backup', true, true)");
  await client.query("select pg_backup_start('rollcall backup', true)");
  await packFolder(dataDir, join(folder, CLUSTER_FILES), { without: LEFT_OUT, compress: true });
  const { rows } = await client.query<{ label: string; last: string }>(
    'select stop.labelfile as label, pg_walfile_name(stop.lsn) as last from pg_backup_stop(false) as stop',
  );
  const { label = '', last = '' } = rows[0] ?? {};
  const first = /\(file ([0-9A-F]{24})\)/.exec(label)?.[1];
  if (first === undefined) throw new BackupError('PostgreSQL did not say where its backup begins.');
  await writeFile(join(folder, CLUSTER_LABEL), label, { mode: 0o600 });
  const log = await client.query<{ name: string }>(
    `select name from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$' and name between $1 and $2 order by name`,
    [first, last],
  );
  await packFolder(join(dataDir, 'pg_wal'), join(folder, CLUSTER_LOG), { only: log.rows.map(({ name }) => name) });
}
