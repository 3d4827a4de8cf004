import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupError } from './backup-error.js';
import { runProgram } from './run-program.js';

/** Where Debian and Ubuntu keep the programs of each version. */
const VERSIONS_FOLDER = '/usr/lib/postgresql';

/**
 * A `pg_dump` or `pg_restore` of that version of PostgreSQL or a later one, the oldest of them: one that is older than the server
 * refuses to dump it. The embedded PostgreSQL brings neither.
 *
 * @throws BackupError that says what to install.
 */
export async function findProgram(name: 'pg_dump' | 'pg_restore', oldestVersion: number): Promise<string> {
  const found = [];
  for (const file of [
    name,
    ...(await installedVersions()).map((folder) => join(VERSIONS_FOLDER, folder, 'bin', name)),
  ]) {
    const version = await versionOf(file);
    if (version !== undefined) found.push({ file, version });
  }
  const [best] = found.filter(({ version }) => version >= oldestVersion).sort((a, b) => a.version - b.version);
  if (best !== undefined) return best.file;
  const versions = [...new Set(found.map(({ version }) => version))].join(', ');
  throw new BackupError(
    `${name} of PostgreSQL ${String(oldestVersion)} or later is needed, ${versions === '' ? 'there is none here' : `here is ${versions}`}: install postgresql-client-${String(oldestVersion)}.`,
  );
}

async function installedVersions(): Promise<string[]> {
  return readdir(VERSIONS_FOLDER).catch(() => []);
}

async function versionOf(file: string): Promise<number | undefined> {
  const text = await runProgram(file, ['--version']).catch(() => '');
  const version = /\(PostgreSQL\) (\d+)/.exec(text)?.[1];
  return version === undefined ? undefined : Number(version);
}
