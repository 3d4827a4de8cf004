import type { Box } from '../analysis.js';
import { native, openCv, type Mat } from './opencv.js';

/** Rows of a 2×3 matrix that takes a position of the source to one of the result. */
export type Affine = readonly [readonly [number, number, number], readonly [number, number, number]];

/**
 * Pixels in native memory, 8 bits a channel, BGR (or one channel for grey). Every image made from another belongs to the
 * same family, and `dispose` on any of them frees all: the garbage collector sees only the few bytes on its own side.
 */
export class Image {
  readonly width: number;
  readonly height: number;
  readonly #mat: Mat;
  readonly #family: Mat[];
  /** True for a rectangle of another image's pixels, which the binding does not read out. */
  readonly #isView: boolean;

  constructor(mat: Mat, family: Mat[] = [], isView = false) {
    this.#mat = mat;
    this.#isView = isView;
    this.#family = family;
    this.#family.push(mat);
    this.width = mat.cols;
    this.height = mat.rows;
  }

  /** An image of its own from interleaved BGR bytes, `width · height · 3` of them. */
  static fromPixels(bytes: Uint8Array, width: number, height: number): Image {
    if (bytes.length !== width * height * 3) throw new RangeError('wrong number of bytes for that size');
    const cv = openCv();
    const copy = Buffer.from(bytes);
    return new Image(native('pixels', () => new cv.Mat(copy, height, width, cv.CV_8UC3)));
  }

  /** Interleaved bytes, row by row: a copy. */
  pixels(): Uint8Array {
    if (this.#isView) return this.#pad(0, 0, 0, 0, 'replicate').pixels();
    return native('pixels', () => this.#mat.getData());
  }

  /** Bilinear; by area when shrinking more than twice, where bilinear would skip pixels. */
  resize(width: number, height: number): Image {
    if (width === this.width && height === this.height) return this;
    const cv = openCv();
    const shrinks = this.width > 2 * width || this.height > 2 * height;
    const how = shrinks ? cv.INTER_AREA : cv.INTER_LINEAR;
    return this.#derive('resize', (mat) => mat.resize(height, width, 0, 0, how));
  }

  /** Each pixel the mean of those it covers, whatever the factor. */
  shrinkByArea(width: number, height: number): Image {
    return this.#derive('shrink', (mat) => mat.resize(height, width, 0, 0, openCv().INTER_AREA));
  }

  /** A rectangle (rounded to pixels) that may reach past the edges, where the border is replicated. */
  region(box: Box): Image {
    const x = Math.round(box.x);
    const y = Math.round(box.y);
    const right = x + Math.max(1, Math.round(box.width));
    const bottom = y + Math.max(1, Math.round(box.height));
    const inside = {
      left: clamp(x, 0, this.width - 1),
      top: clamp(y, 0, this.height - 1),
      right: clamp(right, 1, this.width),
      bottom: clamp(bottom, 1, this.height),
    };
    const cv = openCv();
    const rect = new cv.Rect(inside.left, inside.top, inside.right - inside.left, inside.bottom - inside.top);
    const cut = new Image(
      native('region', () => this.#mat.getRegion(rect)),
      this.#family,
      true,
    );
    const above = Math.max(0, inside.top - y);
    const before = Math.max(0, inside.left - x);
    const below = bottom - y - cut.height - above;
    const after = right - x - cut.width - before;
    if (above + below + before + after === 0) return cut;
    return cut.#pad(above, below, before, after, 'replicate');
  }

  /** Adds black to the right and below up to the given size; an image that large already stays as it is. */
  padTo(width: number, height: number): Image {
    const right = Math.max(0, width - this.width);
    const below = Math.max(0, height - this.height);
    return right + below === 0 ? this : this.#pad(0, below, 0, right, 'black');
  }

  /** Bilinear; what lies outside the source is black. */
  warp(transform: Affine, width: number, height: number): Image {
    const cv = openCv();
    return this.#derive('warp', (mat) => {
      const matrix = new cv.Mat(
        transform.map((row) => [...row]),
        cv.CV_64F,
      );
      const size = new cv.Size(width, height);
      const warped = mat.warpAffine(matrix, size, cv.INTER_LINEAR, cv.BORDER_CONSTANT);
      matrix.release();
      return warped;
    });
  }

  grey(): Image {
    const cv = openCv();
    return this.#derive('grey', (mat) => mat.cvtColor(cv.COLOR_BGR2GRAY));
  }

  /** value × gain + offset, held to 0..255. */
  adjustLight(gain: number, offset: number): Image {
    const cv = openCv();
    return this.#derive('light', (mat) => mat.convertTo(cv.CV_8UC3, gain, offset));
  }

  encodeJpeg(quality = 90): Uint8Array {
    const cv = openCv();
    return native('encode', () => cv.imencode('.jpg', this.#mat, [cv.IMWRITE_JPEG_QUALITY, quality]));
  }

  /** For what only the binding can do (the cascade classifier). */
  withMat<Result>(what: string, run: (mat: Mat) => Result): Result {
    return native(what, () => run(this.#mat));
  }

  /** Frees this image and every image made from it or it was made from; none may be used afterwards. */
  dispose(): void {
    for (const mat of this.#family.splice(0)) mat.release();
  }

  #pad(above: number, below: number, before: number, after: number, fill: 'replicate' | 'black'): Image {
    const cv = openCv();
    // Isolated: else OpenCV fills the border of a view with the pixels that lie around it.
    const type = (fill === 'black' ? cv.BORDER_CONSTANT : cv.BORDER_REPLICATE) | cv.BORDER_ISOLATED;
    return this.#derive('border', (mat) => mat.copyMakeBorder(above, below, before, after, type));
  }

  #derive(what: string, make: (mat: Mat) => Mat): Image {
    return new Image(
      native(what, () => make(this.#mat)),
      this.#family,
    );
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
