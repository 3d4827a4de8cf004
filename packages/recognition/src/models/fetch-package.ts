import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PackageSource {
  readonly name: string;
  readonly version: string;
}

/**
 * The npm tarball of a package: the copy in the cache folder if there is one, else fetched by `npm pack`, which honours
 * the user's registry, proxy and credentials, and kept in the cache. Nothing of the package is run or installed.
 * Throws with npm's own error code when it cannot be fetched.
 */
export async function fetchPackage(
  source: PackageSource,
  cacheFolder: string,
): Promise<{ archive: Uint8Array; path: string; fromCache: boolean }> {
  const path = join(cacheFolder, `${source.name}-${source.version}.tgz`);
  const cached = await readFile(path).catch(() => undefined);
  if (cached) return { archive: cached, path, fromCache: true };
  await mkdir(dirname(path), { recursive: true });
  const folder = await mkdtemp(join(cacheFolder, '.fetch-'));
  try {
    const packed = join(folder, await pack(source, folder));
    const archive = await readFile(packed);
    await rename(packed, path);
    return { archive, path, fromCache: false };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function pack({ name, version }: PackageSource, folder: string): Promise<string> {
  const options = ['--json', '--ignore-scripts', '--pack-destination', folder];
  try {
    // The folder is not a project, so that no .npmrc or workspace of the caller's folder changes the outcome.
    await run('npm', ['pack', `${name}@${version}`, ...options], { cwd: folder });
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const code = /^npm (?:ERR!|error) code (\S+)/m.exec(stderr)?.[1] ?? stderr.split('\n')[0];
    throw new Error(
      `npm could not fetch ${name}@${version} (${code}): check the network and \`npm config get registry\`, then try again`,
      { cause: error },
    );
  }
  return `${name}-${version}.tgz`;
}
