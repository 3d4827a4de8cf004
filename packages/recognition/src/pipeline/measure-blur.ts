import { greyLevels } from '../image/to-tensor.js';

/**
 * Variance of the Laplacian (kernel 0 1 0 / 1 −4 1 / 0 1 0) over the inner pixels of a face's BGR bytes in grey. Taken
 * on the aligned face, so that it compares between faces of different sizes: one that had to be enlarged is as soft as
 * it looks.
 */
export function measureBlur(bgr: Uint8Array, width: number, height: number): number {
  const grey = greyLevels(bgr);
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const value =
        (grey[at - 1] ?? 0) +
        (grey[at + 1] ?? 0) +
        (grey[at - width] ?? 0) +
        (grey[at + width] ?? 0) -
        4 * (grey[at] ?? 0);
      sum += value;
      squares += value * value;
    }
  }
  const count = Math.max(1, (width - 2) * (height - 2));
  return squares / count - (sum / count) ** 2;
}
