import { Gallery } from './gallery.js';
import type { GalleryKey, GallerySource } from './gallery-source.js';
import { readRejections, refreshGallery } from './refresh-gallery.js';

/**
 * Builds a gallery from the enrolled faces. They are read in pages, each at its own moment, as one long transaction
 * would stall every reader of the event log; the changes since the first page put right what moved meanwhile.
 */
export async function rebuildGallery(key: GalleryKey, dimension: number, source: GallerySource): Promise<Gallery> {
  const [version = 0] = await source.readVersions([key]);
  const gallery = Gallery.empty(dimension, version);
  try {
    for (let last = 0; ;) {
      const faces = await source.readFaces(key, last);
      gallery.add(faces);
      const end = faces.at(-1);
      if (end === undefined) break;
      last = end.faissId;
    }
    await refreshGallery(gallery, key, source, { compareCount: false });
    await readRejections(gallery, key, source);
    return gallery;
  } catch (error) {
    gallery.dispose();
    throw error;
  }
}
