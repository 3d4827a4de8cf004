import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isObjectKey } from './object-key.js';
import type { ListedObject, ListOptions } from './object-store.js';
import { fileErrorCode } from './storage-error.js';
import { UNFINISHED_SUFFIX } from './write-file-atomically.js';

/** Finished objects below the root, in the order of their keys. One month's names are held in memory at a time. */
export async function* walkObjects(root: string, options: ListOptions = {}): AsyncGenerator<ListedObject> {
  const prefix = options.prefix ?? '';
  for await (const folder of walkFolders(root, prefix)) {
    for (const name of await namesIn(join(root, folder))) {
      const key = `${folder}/${name}`;
      if (!key.startsWith(prefix) || !isObjectKey(key)) continue;
      const found = await statOrNothing(join(root, key));
      if (found === undefined || (options.olderThan !== undefined && found.mtime >= options.olderThan)) continue;
      yield { key, size: found.size, modifiedAt: found.mtime };
    }
  }
}

/** Paths of files that a write began before the given time and never finished. */
export async function* walkUnfinished(root: string, olderThan: Date): AsyncGenerator<string> {
  for await (const folder of walkFolders(root, '')) {
    for (const name of await namesIn(join(root, folder))) {
      if (!name.endsWith(UNFINISHED_SUFFIX)) continue;
      const path = join(root, folder, name);
      const found = await statOrNothing(path);
      if (found !== undefined && found.mtime < olderThan) yield path;
    }
  }
}

/** Folders `organizationId/yyyy-mm` that may hold keys with this prefix. */
async function* walkFolders(root: string, prefix: string): AsyncGenerator<string> {
  for (const organization of await namesIn(root)) {
    if (!mayBegin(organization, prefix)) continue;
    for (const month of await namesIn(join(root, organization))) {
      const folder = `${organization}/${month}`;
      if (mayBegin(folder, prefix)) yield folder;
    }
  }
}

function mayBegin(folder: string, prefix: string): boolean {
  const path = `${folder}/`;
  return path.startsWith(prefix) || prefix.startsWith(path);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    // Removed since, or a stray file where a folder belongs: neither holds objects.
    if (['ENOENT', 'ENOTDIR'].includes(fileErrorCode(error) ?? '')) return [];
    throw error;
  }
}

async function statOrNothing(path: string): Promise<{ size: number; mtime: Date } | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found : undefined;
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
