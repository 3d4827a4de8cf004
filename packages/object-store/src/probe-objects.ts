import { newObjectKey } from './object-key.js';
import type { ObjectStore } from './object-store.js';

/** Of no organization: what is left behind of a probe belongs to nobody. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Writes and deletes a small object: a full or read-only disk is found before anything that matters.
 *
 * @throws AppError STORAGE_FULL, or what the storage throws.
 */
export async function probeObjects(objects: ObjectStore, now: Date): Promise<void> {
  const key = newObjectKey(NOBODY, now);
  await objects.put(key, Buffer.from('probe'));
  await objects.delete(key);
}
