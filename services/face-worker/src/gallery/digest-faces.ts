import { createHash } from 'node:crypto';
import type { FaceOwner } from './gallery-source.js';

/**
 * SHA-256 (hex) over `faissId:faceId:userId`, ascending and joined by commas: what `readIdentity` computes in the
 * database. Tells whether an id map belongs to this database, which a version alone does not after a restore.
 */
export function digestFaces(owners: ReadonlyMap<number, FaceOwner>): string {
  const hash = createHash('sha256');
  const ids = Float64Array.from(owners.keys()).sort();
  for (const [position, faissId] of ids.entries()) {
    const owner = owners.get(faissId);
    hash.update(`${position === 0 ? '' : ','}${String(faissId)}:${owner?.faceId ?? ''}:${owner?.userId ?? ''}`);
  }
  return hash.digest('hex');
}
