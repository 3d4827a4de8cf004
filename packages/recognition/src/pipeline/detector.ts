import type { Image } from '../image/image.js';
import type { ScoredBox } from './suppress-overlaps.js';

export interface Detector {
  readonly name: string;
  /** Faces in pixels of the image, best first. */
  detect(image: Image, mode: 'single' | 'group'): Promise<ScoredBox[]>;
  release(): Promise<void>;
}
