import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { runProgram } from './run-program.js';

export interface PackOptions {
  /** Patterns of GNU tar, from the folder on (`./pg_wal/*`). */
  readonly without?: readonly string[];
  /** Names of files in the folder; all when not given. */
  readonly only?: readonly string[];
  /** Images do not get smaller. */
  readonly compress?: boolean;
}

/** GNU tar's code for "a file changed while it was read", which is expected of what is in use. */
const CHANGED = 1;

/** Packs a folder, which may be in use, into one file that only its owner reads. @throws BackupError */
export async function packFolder(folder: string, file: string, options: PackOptions = {}): Promise<void> {
  const { without = [], only, compress = false } = options;
  const args = ['--create', '--file', file, '--directory', folder, '--anchored'];
  args.push('--warning=no-file-changed', '--warning=no-file-removed', '--warning=no-file-shrank');
  if (compress) args.push('--gzip');
  args.push(...without.map((pattern) => `--exclude=${pattern}`));
  if (only === undefined) args.push('.');
  else args.push('--null', '--files-from=-');
  await runProgram('tar', args, { alsoFine: [CHANGED], input: (only ?? []).map((name) => `${name}\0`).join('') });
  await chmod(file, 0o600);
}

/** Unpacks what `packFolder` packed into a folder, which is made. Files belong to whoever unpacks. @throws BackupError */
export async function unpackFolder(file: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await runProgram('tar', [
    '--extract',
    '--file',
    file,
    '--directory',
    folder,
    '--no-same-owner',
    '--preserve-permissions',
  ]);
}

/** Waits until everything written below the folder's file system has reached the disk. */
export async function syncFileSystem(folder: string): Promise<void> {
  await runProgram('sync', ['--file-system', folder]);
}

/** Size in bytes and SHA-256 of a file. */
export async function digestFile(file: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}
