import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, chown, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../error-code.js';
import { ClusterError } from './cluster-error.js';
import { settingsFile, type ClusterPurpose } from './cluster-settings.js';
import type { PostgresBinaries } from './locate-binaries.js';
import { isAlive } from './postmaster.js';
import { commandFor, type ProcessIdentity } from './process-identity.js';

export const SUPERUSER = 'postgres';

export interface DataDirectoryOptions {
  readonly dataDir: string;
  readonly binaries: PostgresBinaries;
  readonly identity: ProcessIdentity;
  readonly purpose: ClusterPurpose;
  /** Whether what is made here has to survive a power cut. */
  readonly durable: boolean;
  readonly superuserPassword: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Makes sure that there is a complete data directory of the right version and writes its settings. initdb works in a
 * neighbouring folder that is renamed at the end: a start that was interrupted leaves nothing half-made behind.
 */
export async function prepareDataDirectory(options: DataDirectoryOptions): Promise<{ created: boolean }> {
  const version = await readVersion(options.dataDir);
  if (version !== undefined && version !== options.binaries.majorVersion) {
    throw new ClusterError(
      `The data in ${options.dataDir} was made by PostgreSQL ${version}, but this is ${options.binaries.majorVersion}: dump it with the old version, move the folder away and restore.`,
    );
  }
  const created = version === undefined && (await initialise(options));
  const file = join(options.dataDir, 'rollcall.conf');
  await writeFile(file, settingsFile(options.purpose, options.settings), { mode: 0o600 });
  await giveTo(options.identity, file);
  return { created };
}

async function readVersion(dataDir: string): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new ClusterError(
      `Cannot read the database's folder ${dataDir} (${errorCode(error)}): was it made by another user?`,
    );
  });
  return text === undefined ? undefined : Number(text);
}

async function initialise(options: DataDirectoryOptions): Promise<boolean> {
  const { dataDir, identity } = options;
  await removeLeftovers(dataDir);
  const partial = `${dataDir}.${process.pid}.${randomBytes(4).toString('hex')}.partial`;
  const passwordFolder = await mkdtemp(join(tmpdir(), 'rollcall-initdb-'));
  try {
    await mkdir(partial, { mode: 0o700 });
    await giveTo(identity, partial);
    await giveTo(identity, passwordFolder);
    const passwordFile = join(passwordFolder, 'password');
    await writeFile(passwordFile, options.superuserPassword, { mode: 0o600 });
    await giveTo(identity, passwordFile);
    await runInitdb(options, partial, passwordFile);
    await appendFile(join(partial, 'postgresql.conf'), "\ninclude 'rollcall.conf'\ninclude_if_exists 'local.conf'\n");
    return await moveIntoPlace(partial, dataDir);
  } finally {
    await rm(passwordFolder, { recursive: true, force: true });
    await rm(partial, { recursive: true, force: true });
  }
}

/** What processes left that died in the middle; the name tells whose it is. */
async function removeLeftovers(dataDir: string): Promise<void> {
  const prefix = `${basename(dataDir)}.`;
  const names = await readdir(dirname(dataDir));
  for (const name of names.filter((name) => name.startsWith(prefix) && name.endsWith('.partial'))) {
    const pid = Number(name.slice(prefix.length).split('.')[0]);
    if (pid !== process.pid && !isAlive(pid)) await rm(join(dirname(dataDir), name), { recursive: true, force: true });
  }
}

/** False when another process was quicker: its data directory stands. */
async function moveIntoPlace(partial: string, dataDir: string): Promise<boolean> {
  try {
    await rename(partial, dataDir);
    return true;
  } catch (error) {
    if (await stat(join(dataDir, 'PG_VERSION')).catch(() => undefined)) return false;
    throw new ClusterError(
      `${dataDir} is in the way: it is not empty and not a PostgreSQL data directory (${(error as Error).message}).`,
    );
  }
}

function runInitdb(options: DataDirectoryOptions, directory: string, passwordFile: string): Promise<void> {
  const { binaries, identity, durable } = options;
  // One collation on every system, by code point: the builtin provider where there is one (17 and later).
  const locale =
    binaries.majorVersion >= 17
      ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
      : ['--locale=C.UTF-8', '--locale-provider=libc'];
  const initdbArgs = [
    ...['-D', directory, '--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    ...['--encoding', 'UTF8', ...locale, '--data-checksums', '--no-instructions'],
    ...(durable ? [] : ['--no-sync']),
  ];
  const { file, args, options: as } = commandFor(identity, join(binaries.binDir, 'initdb'), initdbArgs);
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...as, cwd: dirname(directory), stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.once('error', (error) => reject(new ClusterError(`Cannot run initdb: ${error.message}`)));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new ClusterError(`initdb failed: ${lastLine(errors) ?? `it ended with ${code ?? 'a signal'}`}`));
    });
  });
}

function lastLine(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => /error|fatal/i.test(line));
  return lines[0]?.trim() ?? text.trim().split('\n').at(-1);
}

async function giveTo(identity: ProcessIdentity, path: string): Promise<void> {
  if (identity.kind === 'account') await chown(path, identity.uid, identity.gid);
}
