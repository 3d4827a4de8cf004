import { newObjectKey, type ObjectStore } from '@rollcall/object-store';
import type { Logger } from '@rollcall/service-kit';
import { newId } from '@rollcall/service-kit';
import type { AcceptedImage } from '../domain/accept-images.js';
import { isSurelyNotCommitted } from './commit-outcome.js';

/** What every submission needs done, whatever it submits. */
export interface ObjectPorts {
  readonly newId: () => string;
  readonly newObjectKey: (organizationId: string, now: Date) => string;
  readonly storeObject: (key: string, image: AcceptedImage) => Promise<void>;
  readonly discardObject: (key: string) => Promise<void>;
  readonly isSurelyNotCommitted: (error: unknown) => boolean;
}

export function createObjectPorts(objects: ObjectStore, logger: Pick<Logger, 'warn'>): ObjectPorts {
  return {
    newId,
    newObjectKey,
    async storeObject(key, { bytes, sha256 }) {
      await objects.put(key, bytes, { sha256 });
    },
    /** A failure here must not hide why the object is not wanted: the sweep of orphans takes what stays. */
    async discardObject(key) {
      try {
        await objects.delete(key);
      } catch (error) {
        logger.warn({ object_key: key, err: error }, 'an object without a row could not be deleted');
      }
    },
    isSurelyNotCommitted,
  };
}
