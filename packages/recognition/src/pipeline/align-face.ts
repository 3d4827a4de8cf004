import type { FivePoints, Point } from '../analysis.js';
import type { Image } from '../image/image.js';
import { applySimilarity, fitSimilarity, scaleOf, type Similarity } from './fit-similarity.js';

/** The face turned upright and scaled so that its five points lie on the template's: `width`×`height` BGR bytes. */
export function alignFace(
  image: Image,
  landmarks: FivePoints,
  template: readonly Point[],
  size: { readonly width: number; readonly height: number },
): Uint8Array {
  const fitted = fitSimilarity(landmarks, template);
  const shrink = Math.floor(1 / Math.max(scaleOf(fitted), 1e-6));
  if (shrink < 2) return warp(image, fitted, size);
  return warpShrunken(image, fitted, size, shrink);
}

/**
 * A large face is first shrunk by a whole factor, each pixel the mean of those it covers: bilinear sampling alone would
 * read four of many pixels. Only the part of the image that ends up in the result is shrunk.
 */
function warpShrunken(
  image: Image,
  fitted: Similarity,
  size: { readonly width: number; readonly height: number },
  shrink: number,
): Uint8Array {
  const corners = [
    { x: -1, y: -1 },
    { x: size.width + 1, y: -1 },
    { x: -1, y: size.height + 1 },
    { x: size.width + 1, y: size.height + 1 },
  ].map((corner) => applySimilarity(inverseOf(fitted), corner));
  const left = clamp(Math.floor(Math.min(...corners.map(({ x }) => x))), 0, image.width - 1);
  const top = clamp(Math.floor(Math.min(...corners.map(({ y }) => y))), 0, image.height - 1);
  const right = clamp(Math.ceil(Math.max(...corners.map(({ x }) => x))), left + 1, image.width);
  const bottom = clamp(Math.ceil(Math.max(...corners.map(({ y }) => y))), top + 1, image.height);
  const width = Math.max(1, Math.round((right - left) / shrink));
  const height = Math.max(1, Math.round((bottom - top) / shrink));
  const box = { x: left, y: top, width: right - left, height: bottom - top };
  const small = image.region(box).shrinkByArea(width, height);
  // Pixel centres lie at whole numbers: centre c of the small image is centre (c + ½)·f − ½ of the large one.
  const [fx, fy] = [box.width / width, box.height / height];
  const { a, b, tx, ty } = fitted;
  const originX = left + fx / 2 - 0.5;
  const originY = top + fy / 2 - 0.5;
  return small
    .warp(
      [
        [a * fx, -b * fy, a * originX - b * originY + tx],
        [b * fx, a * fy, b * originX + a * originY + ty],
      ],
      size.width,
      size.height,
    )
    .pixels();
}

function warp(
  image: Image,
  { a, b, tx, ty }: Similarity,
  size: { readonly width: number; readonly height: number },
): Uint8Array {
  const rows = [
    [a, -b, tx],
    [b, a, ty],
  ] as const;
  return image.warp(rows, size.width, size.height).pixels();
}

function inverseOf({ a, b, tx, ty }: Similarity): Similarity {
  const square = a * a + b * b;
  const [c, d] = [a / square, -b / square];
  return { a: c, b: d, tx: -(c * tx - d * ty), ty: -(d * tx + c * ty) };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
