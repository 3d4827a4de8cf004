import type { Box } from '../analysis.js';
import type { Image } from '../image/image.js';

/** Longer side of an evidence crop in pixels, unless the caller wants another. */
export const EVIDENCE_CROP_SIZE = 160;

/** Kept around the face on each side, as a share of it: enough to recognise the person by hair and shoulders. */
const margin = 0.3;

/** The face with a margin as a JPEG whose longer side is at most `size` pixels; no bytes when `size` is 0. */
export function cropEvidence(image: Image, box: Box, size: number): Uint8Array {
  if (size <= 0) return new Uint8Array();
  const left = Math.max(0, box.x - box.width * margin);
  const top = Math.max(0, box.y - box.height * margin);
  const right = Math.min(image.width, box.x + box.width * (1 + margin));
  const bottom = Math.min(image.height, box.y + box.height * (1 + margin));
  const part = image.region({ x: left, y: top, width: right - left, height: bottom - top });
  const scale = Math.min(1, size / Math.max(part.width, part.height));
  const width = Math.max(1, Math.round(part.width * scale));
  const height = Math.max(1, Math.round(part.height * scale));
  return part.resize(width, height).encodeJpeg();
}
