import { RecognitionError } from '../recognition-error.js';
import { Image } from './image.js';
import { openCv, type Mat } from './opencv.js';
import { readImageHeader } from './read-header.js';

export interface DecodeOptions {
  /** Width × height above which nothing is decoded. */
  readonly maxPixels: number;
}

/**
 * Pixels of a JPEG, PNG or WebP image as 8-bit BGR, whatever it held: grey, CMYK, 16 bits, transparency (dropped).
 * OpenCV turns the image upright by its EXIF orientation (JPEG and PNG; it reads none from WebP), so all positions
 * refer to the upright image. Always at full size: half the size saves a millisecond of a 720p frame and costs similarity.
 * Throws `IMAGE_*`; hostile bytes never end the process.
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions): Promise<Image> {
  const header = readImageHeader(bytes);
  const pixels = header.width * header.height;
  if (pixels > options.maxPixels) {
    throw new RecognitionError(
      'IMAGE_TOO_LARGE',
      `The image has ${header.width}×${header.height} pixels; ` + `at most ${options.maxPixels} in all are allowed.`,
    );
  }
  const mat = await decode(bytes);
  if (mat.empty || mat.rows * mat.cols > options.maxPixels) {
    mat.release();
    throw new RecognitionError('IMAGE_DAMAGED', `The ${header.format} image cannot be decoded.`);
  }
  return new Image(mat);
}

/**
 * Only the asynchronous decoder catches OpenCV's exceptions: the synchronous one lets them end the process. It reads
 * the bytes from another thread, so they are held here until it is done.
 */
function decode(bytes: Uint8Array): Promise<Mat> {
  const held = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cv = openCv();
  return new Promise((resolve, reject) => {
    cv.imdecodeAsync(held, cv.IMREAD_COLOR, (error, mat) => {
      if (mat && held.length > 0) resolve(mat);
      else reject(damaged(error));
    });
  });
}

/** OpenCV's own words name its source files and mean nothing to who sent the image: they stay in the cause. */
function damaged(cause: unknown): RecognitionError {
  return new RecognitionError('IMAGE_DAMAGED', 'The image cannot be decoded.', { cause });
}
