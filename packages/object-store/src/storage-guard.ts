import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertObjectKey } from './object-key.js';
import { fileErrorCode } from './storage-error.js';

/** The file in the storage's folder that says whose it is. */
export const STORAGE_MARKER = '.rollcall-installation.json';

/** The folder belongs to another installation: what it holds is no business of this one. */
export class ForeignStorageError extends Error {
  override readonly name = 'ForeignStorageError';
  readonly code = 'STORAGE_OF_ANOTHER_INSTALLATION';

  constructor(root: string) {
    super(
      `${root} belongs to another installation of Rollcall, or its database was made anew. Set STORAGE_ROOT to a folder of its own; if these files do belong to this database, remove ${join(root, STORAGE_MARKER)}`,
    );
  }
}

/** Nobody has taken the folder, and what the database names is not in it: most likely it is not mounted (yet). */
export class StorageNotThereError extends Error {
  override readonly name = 'StorageNotThereError';
  readonly code = 'STORAGE_NOT_THERE';

  constructor(root: string, installation: string) {
    super(
      `${root} holds none of the objects that the database names, nor ${STORAGE_MARKER}: is it mounted? If its files are lost for good, go on without them by a file ${join(root, STORAGE_MARKER)} with ${JSON.stringify({ installation })}`,
    );
  }
}

export interface StorageGuard {
  /**
   * Makes sure that the folder belongs to this installation; one that belongs to nobody is taken.
   *
   * @throws ForeignStorageError when it is another's.
   * @throws StorageNotThereError when nobody's folder lacks all of what the database names; what database or folder throw while neither can be asked.
   */
  verify(): Promise<void>;
}

export interface StorageGuardOptions {
  readonly root: string;
  /** The installation's name for itself, which never changes; undefined while it has none. */
  readonly installation: () => Promise<string | undefined>;
  /** Keys of some objects that the database names and that should be there; asked for before a folder is taken. */
  readonly namedObjects: () => Promise<readonly string[]>;
}

/** Keeps two installations from using, and sweeping, one folder. */
export function createStorageGuard({ root, installation, namedObjects }: StorageGuardOptions): StorageGuard {
  let own: string | undefined;
  return {
    async verify() {
      own ??= await installation();
      if (own === undefined) throw new Error('the installation has no identity yet');
      // Read each time: folders are mounted and exchanged while services run.
      let owner = await readOwner(root);
      if (owner === undefined) {
        // The mount point of a disk that is not mounted looks like a new folder. Its marker would hide that for ever.
        if (!(await holdsAny(root, await namedObjects()))) throw new StorageNotThereError(root, own);
        owner = await takeFolder(root, own);
      }
      if (owner !== own) throw new ForeignStorageError(root);
    },
  };
}

async function readOwner(root: string): Promise<string | undefined> {
  try {
    const { installation } = JSON.parse(await readFile(join(root, STORAGE_MARKER), 'utf8')) as {
      installation?: unknown;
    };
    // Whatever it says, it was not written by this installation.
    return typeof installation === 'string' ? installation : 'unreadable';
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return 'unreadable';
    throw error;
  }
}

/** Whether one of the objects is there, or there are none to look for. One or the other may be lost or deleted since. */
async function holdsAny(root: string, keys: readonly string[]): Promise<boolean> {
  for (const key of keys) {
    try {
      await access(join(root, assertObjectKey(key)));
      return true;
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(fileErrorCode(error) ?? '')) throw error;
    }
  }
  return keys.length === 0;
}

/** Two services of one installation may come at once, or two of two: the first one's marker stays. */
async function takeFolder(root: string, installation: string): Promise<string> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  try {
    await writeFile(join(root, STORAGE_MARKER), `${JSON.stringify({ installation })}\n`, { flag: 'wx', mode: 0o600 });
    return installation;
  } catch (error) {
    if (fileErrorCode(error) !== 'EEXIST') throw error;
    return waitForOwner(root);
  }
}

/** The other one has made the file and may not have written it yet. */
async function waitForOwner(root: string): Promise<string> {
  for (let look = 0; look < 20; look += 1) {
    const owner = await readOwner(root);
    if (owner !== undefined && owner !== 'unreadable') return owner;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return (await readOwner(root)) ?? 'unreadable';
}

export interface WatchOptions {
  readonly onForeign: (error: ForeignStorageError) => void;
  /** Told once while it cannot be found out. */
  readonly onUnknown: (error: unknown) => void;
  readonly everyMs?: number;
}

/**
 * Looks at the start, for a while: a database that does not answer yet must not keep a service from starting.
 *
 * @throws ForeignStorageError
 */
export async function refuseForeignStorage(guard: StorageGuard, patienceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  const looked = guard.verify().catch((error: unknown) => {
    if (error instanceof ForeignStorageError) throw error;
  });
  try {
    await Promise.race([looked, patience]);
  } finally {
    clearTimeout(timer);
    // Found out too late: the watch tells it.
    looked.catch(() => undefined);
  }
}

/**
 * For services that start without a database: looks until it is known whose the folder is.
 *
 * @returns ends the looking.
 */
export function watchStorage(guard: StorageGuard, { onForeign, onUnknown, everyMs = 2_000 }: WatchOptions): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let told = false;
  const look = async (): Promise<void> => {
    try {
      await guard.verify();
    } catch (error) {
      if (stopped) return;
      if (error instanceof ForeignStorageError) {
        onForeign(error);
        return;
      }
      if (!told) onUnknown(error);
      told = true;
      timer = setTimeout(() => void look(), everyMs);
      timer.unref();
    }
  };
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
