import { closeSync, fstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';

const readFromDisk = promisify(read);

/**
 * All bytes of a file. Opening and closing take microseconds, less than handing each of them to a thread and back; only
 * the reading, which may have to wait for the disk, is left to a thread.
 *
 * @throws what the file system says, `ENOENT` among it.
 */
export async function readWholeFile(path: string): Promise<Buffer> {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.allocUnsafeSlow(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await readFromDisk(file, bytes, filled, size - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}
