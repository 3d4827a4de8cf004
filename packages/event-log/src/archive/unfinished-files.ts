import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const SUFFIX = '.unfinished';

/** Where a file is written before it has its name: a name of its own, so that no two runs ever write into one file. */
export const unfinishedPath = (path: string): string => `${path}.${randomUUID()}${SUFFIX}`;

/** Gives a finished file its name, once it is on the disk. */
export async function placeFile(unfinished: string, path: string): Promise<void> {
  await syncPath(unfinished);
  await rename(unfinished, path);
}

/** Removes what interrupted runs left behind of an archive. */
export async function removeUnfinished(folder: string, name: string): Promise<void> {
  for (const file of await readdir(folder)) {
    if (file.startsWith(`${name}.`) && file.endsWith(SUFFIX)) await rm(join(folder, file), { force: true });
  }
}

/** Waits until a file, or the names in a folder, are on the disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
