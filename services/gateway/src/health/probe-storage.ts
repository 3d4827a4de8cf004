import { statfs } from 'node:fs/promises';
import { INSTALLATION_ID } from '@rollcall/contracts';
import { newObjectKey, type ObjectStore } from '@rollcall/object-store';
import { isAppError, type Clock } from '@rollcall/service-kit';

export interface StorageProbe {
  readonly writable: boolean;
  /** Set when it is not writable because it is full. */
  readonly full: boolean;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface StorageProbePorts {
  readonly objects: ObjectStore;
  readonly storageRoot: string;
  readonly clock: Clock;
}

/**
 * Writes and deletes a small object: a full or read-only disk is found before a frame finds it.
 *
 * @throws what the storage throws for anything but "full".
 */
export async function probeStorage({ objects, storageRoot, clock }: StorageProbePorts): Promise<StorageProbe> {
  const key = newObjectKey(INSTALLATION_ID, clock.now());
  let full = false;
  try {
    await objects.put(key, Buffer.from('probe'));
    await objects.delete(key);
  } catch (error) {
    if (!isAppError(error, 'STORAGE_FULL')) throw error;
    full = true;
  }
  const { bavail, blocks, bsize } = await statfs(storageRoot);
  return { writable: !full, full, freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
