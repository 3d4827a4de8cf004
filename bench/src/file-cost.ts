import { newObjectKey, createLocalObjectStore } from '@rollcall/object-store';
import { randomUUID } from 'node:crypto';

/** Bytes of a typical frame. */
const OBJECT_BYTES = 40_000;

/**
 * CPU that this file system takes for one object, ms (user + system): written, renamed and on the disk, as every frame and
 * every crop is. It is part of what gateway and worker cost, and differs by more than the rest of them between file systems.
 */
export async function measureFileCost(root: string, count = 200): Promise<number> {
  const objects = createLocalObjectStore({ root });
  const organizationId = randomUUID();
  const bytes = Buffer.alloc(OBJECT_BYTES, 7);
  await objects.put(newObjectKey(organizationId, new Date()), bytes);
  const before = process.cpuUsage();
  for (let turn = 0; turn < count; turn += 1) await objects.put(newObjectKey(organizationId, new Date()), bytes);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / count;
}
