import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './postgres-programs.js';
import { runProgram } from './run-program.js';

/** What `provision` has given already, and only an administrator could give. */
const NOT_OURS = /^\d+; \d+ \d+ (SCHEMA - public|(ACL|COMMENT) - SCHEMA public|EXTENSION|COMMENT - EXTENSION) ?/;

/**
 * Writes the database, as it is at one moment, to a file. Reads only: the dump has no transaction id, so the event feed's readers do
 * not wait for it.
 *
 * @param ownerUrl of the installation's owner role, which row-level security lets see every row.
 * @param serverVersion 15, 18 …
 */
export async function dumpDatabase(ownerUrl: string, serverVersion: number, file: string): Promise<void> {
  const pgDump = await findProgram('pg_dump', serverVersion);
  await withConnection(ownerUrl, async (database) => {
    const args = ['--format=custom', '--enable-row-security', '--no-password'];
    await runProgram(pgDump, [...args, `--dbname=${database}`, `--file=${file}`]);
  });
}

/** Brings a dump into an empty, provisioned database, all of it or nothing. @param dumpVersion of the dumped server */
export async function restoreDump(ownerUrl: string, dumpVersion: number, file: string): Promise<void> {
  const pgRestore = await findProgram('pg_restore', dumpVersion);
  const list = await runProgram(pgRestore, ['--list', file]);
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-restore-'));
  try {
    const wanted = join(folder, 'list');
    const lines = list.split('\n').filter((line) => !NOT_OURS.test(line));
    await writeFile(wanted, lines.join('\n'), { mode: 0o600 });
    await withConnection(ownerUrl, async (database) => {
      const args = ['--single-transaction', '--exit-on-error', '--no-password', `--use-list=${wanted}`];
      await runProgram(pgRestore, [...args, `--dbname=${database}`, file]);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The address without its password, which would stand in the list of processes: that goes into a file only we read. */
async function withConnection(url: string, work: (database: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-pgpass-'));
  try {
    const passFile = join(folder, 'pgpass');
    const database = new URL(url);
    const password = decodeURIComponent(database.password).replaceAll(/[\\:]/g, String.raw`\$&`);
    await writeFile(passFile, `*:*:*:*:${password}\n`, { mode: 0o600 });
    database.password = '';
    database.searchParams.set('passfile', passFile);
    await work(database.href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
