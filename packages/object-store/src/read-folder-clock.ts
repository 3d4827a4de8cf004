import { randomUUID } from 'node:crypto';
import { mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { UNFINISHED_SUFFIX } from './write-file-atomically.js';

/** The present as the file system of a folder dates files: a file is written, looked at, and removed. */
export async function readFolderClock(folder: string): Promise<Date> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `.clock.${randomUUID()}${UNFINISHED_SUFFIX}`);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.write('now');
    return (await file.stat()).mtime;
  } finally {
    await file.close();
    await unlink(path);
  }
}
