import { createHash } from 'node:crypto';
import { chmod, chown, cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode } from '../error-code.js';
import type { PostgresBinaries } from './locate-binaries.js';
import type { ProcessIdentity } from './process-identity.js';

const SYSTEM_FOLDER = '/var/lib/rollcall';

/** Where the data of a state folder stands when Postgres runs under another account that may not enter it. */
export function accountFolder(stateDir: string, systemFolder = SYSTEM_FOLDER): string {
  const digest = createHash('sha256').update(resolve(stateDir)).digest('hex').slice(0, 12);
  return join(systemFolder, digest);
}

/** Makes a folder that only the identity may enter. Its parents stay passable. */
export async function makePrivateFolder(folder: string, identity: ProcessIdentity): Promise<void> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o755 });
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  if (identity.kind === 'account') await chown(folder, identity.uid, identity.gid);
}

/** The binaries where every account can run them: copied once for each version into the system folder. */
export async function copyBinaries(
  binaries: PostgresBinaries,
  systemFolder = SYSTEM_FOLDER,
): Promise<PostgresBinaries> {
  const { mtimeMs, size } = await stat(join(binaries.binDir, 'postgres'));
  const root = join(systemFolder, `postgresql-${binaries.majorVersion}-${size}-${Math.trunc(mtimeMs)}`);
  const copied = { ...binaries, root, binDir: join(root, basename(binaries.binDir)) };
  if (await stat(root).catch(() => undefined)) return copied;
  await mkdir(systemFolder, { recursive: true, mode: 0o755 });
  const partial = await mkdtemp(`${root}.`);
  try {
    await cp(binaries.root, partial, { recursive: true, verbatimSymlinks: true });
    await chmod(partial, 0o755);
    await rename(partial, root);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another start may have been quicker with the same copy.
    if (!(await stat(root).catch(() => undefined))) throw error;
  }
  return copied;
}
