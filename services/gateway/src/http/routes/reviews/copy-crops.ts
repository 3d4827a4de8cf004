import { createHash } from 'node:crypto';
import type { ObjectStore } from '@rollcall/object-store';
import { isAppError, newId } from '@rollcall/service-kit';
import { imageSize } from 'image-size';
import type { SightingToEnrol } from '../../../data-access/review-decisions.js';
import type { EnrollableSighting } from '../../../domain/choose-sightings-to-enrol.js';

export interface CopyCropsPorts {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly newObjectKey: (organizationId: string, now: Date) => string;
}

/**
 * Gives each sighting to enrol a picture of its own: an object belongs to one row, and the crop stays the sighting's. One
 * whose crop is gone is left out. `onStored` is told each key as soon as there is something to delete.
 */
export async function copyCrops(
  { objects, newObjectKey }: CopyCropsPorts,
  organizationId: string,
  sightings: readonly (EnrollableSighting & { readonly cropKey: string })[],
  onStored: (key: string) => void,
): Promise<SightingToEnrol[]> {
  const copies = await Promise.all(
    sightings.map(async ({ reviewId, cropKey }): Promise<SightingToEnrol | undefined> => {
      const bytes = await readIfThere(objects, cropKey);
      if (bytes === undefined) return undefined;
      const key = newObjectKey(organizationId, new Date());
      const sha256 = createHash('sha256').update(bytes).digest();
      onStored(key);
      await objects.put(key, bytes, { sha256 });
      return {
        ...{ review_id: reviewId, face_id: newId(), face_image_id: newId(), object_key: key },
        ...{ sha256: sha256.toString('hex'), content_type: 'image/jpeg', byte_size: bytes.length },
        ...measure(bytes),
      };
    }),
  );
  return copies.filter((copy) => copy !== undefined);
}

async function readIfThere(objects: Pick<ObjectStore, 'get'>, key: string): Promise<Uint8Array | undefined> {
  try {
    return await objects.get(key);
  } catch (error) {
    if (isAppError(error, 'OBJECT_NOT_FOUND')) return undefined;
    throw error;
  }
}

/** Zero when the header cannot be read: nothing depends on it. */
function measure(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  try {
    const { width, height } = imageSize(bytes);
    return { width, height };
  } catch {
    return { width: 0, height: 0 };
  }
}
