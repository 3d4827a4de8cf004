import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { SamplePhoto } from './sample-faces.js';

const require = createRequire(import.meta.url);

/** The bytes of a photo as the npm package ships it. */
export function readPhoto(photo: SamplePhoto): Promise<Buffer> {
  return readFile(require.resolve(`@vladmandic/face-api/demo/${photo}`));
}
