import { createHash } from 'node:crypto';
import type { EmbedFace } from './embed-face.js';
import { unitLength } from './embed-face.js';

/**
 * The stand-in embedder for development without models' weights: a vector drawn from the aligned face's bytes, so the
 * same image gives the same vector and any two images are strangers. It recognises nobody; what comes from it is
 * marked synthetic and must never become attendance.
 */
export function randomEmbedder(dim: number): EmbedFace {
  return (aligned) => {
    const values = new Float32Array(dim);
    for (let i = 0; i < dim; i += 8) {
      const digest = createHash('sha256').update(String(i)).update(aligned).digest();
      for (let k = 0; k < 8 && i + k < dim; k += 1) {
        values[i + k] = digest.readUInt32LE(k * 4) / 0xffffffff - 0.5;
      }
    }
    return Promise.resolve(unitLength(values));
  };
}
