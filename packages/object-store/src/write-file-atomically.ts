import { closeSync, fsync, openSync, renameSync, writeSync } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { dirname, join, basename } from 'node:path';
import { promisify } from 'node:util';

/** How files are told apart that are still being written, or whose writer died. */
export const UNFINISHED_SUFFIX = '.unfinished';

const OWNER_ONLY_FILE = 0o600;
let writeCount = 0;
const waitForDisk = promisify(fsync);

/**
 * Writes a file so that at its name there is either nothing or all of it: a temporary file beside it, then a rename.
 *
 * Opening, writing into the page cache, renaming and closing take microseconds on a local disk, less than handing each
 * of them to a thread and back, so they are done here; only waiting for the disk is left to a thread.
 *
 * @param durable also waits until bytes and name have reached the disk, so that neither is lost with the power. The
 *   file is synced after its rename: on journaling file systems (ext4, xfs, btrfs) the one fsync then carries the
 *   bytes and the name, where syncing before the rename would need a second one for the folder. What a power cut leaves
 *   between rename and sync is an object no row knows, and those are swept.
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array, durable: boolean): Promise<void> {
  writeCount += 1;
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${writeCount}${UNFINISHED_SUFFIX}`);
  let written = temporary;
  const file = openSync(temporary, 'wx', OWNER_ONLY_FILE);
  try {
    try {
      for (let done = 0; done < bytes.byteLength;) done += writeSync(file, bytes, done);
      renameSync(temporary, path);
      written = path;
      if (durable) await waitForDisk(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    // The first error is the one to tell, whatever becomes of the remains.
    await unlink(written).catch(() => undefined);
    throw error;
  }
}

/** Waits until the names in a folder have reached the disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
