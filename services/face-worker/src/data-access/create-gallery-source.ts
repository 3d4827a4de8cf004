import type { Pool } from '@rollcall/postgres';
import type { GallerySource } from '../gallery/gallery-source.js';
import { readGalleryChanges } from './read-gallery-changes.js';
import { readGalleryFaces } from './read-gallery-faces.js';
import { readGalleryIdentity } from './read-gallery-identity.js';
import { readGalleryVersions } from './read-gallery-versions.js';
import { readRejectedMatches } from './read-rejected-matches.js';

/** Galleries as the database has them. */
export function createGallerySource(pool: Pool): GallerySource {
  return {
    readVersions: (keys) => readGalleryVersions(pool, keys),
    readChanges: (key, afterVersion) => readGalleryChanges(pool, key, afterVersion),
    readFaces: (key, afterFaissId) => readGalleryFaces(pool, key, afterFaissId),
    readRejections: (key) => readRejectedMatches(pool, key),
    readIdentity: (key) => readGalleryIdentity(pool, key),
  };
}
