import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RecognitionError } from '../recognition-error.js';

/** The part of OpenCV's binding that this package uses. Sizes are given as rows before columns. */
export interface Mat {
  readonly rows: number;
  readonly cols: number;
  readonly channels: number;
  readonly empty: boolean;
  getData(): Buffer;
  getRegion(rect: unknown): Mat;
  resize(rows: number, cols: number, fx: number, fy: number, interpolation: number): Mat;
  copyMakeBorder(top: number, bottom: number, left: number, right: number, type: number): Mat;
  warpAffine(transform: Mat, size: unknown, flags: number, border: number): Mat;
  cvtColor(code: number): Mat;
  convertTo(type: number, alpha: number, beta: number): Mat;
  release(): void;
}

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface CascadeClassifier {
  detectMultiScale(
    image: Mat,
    scaleFactor: number,
    minNeighbors: number,
    flags: number,
    minSize: unknown,
  ): { objects: Rect[]; numDetections: number[] };
}

export interface OpenCv {
  readonly Mat: {
    new (data: Buffer, rows: number, cols: number, type: number): Mat;
    new (values: number[][], type: number): Mat;
  };
  readonly Rect: new (x: number, y: number, width: number, height: number) => unknown;
  readonly Size: new (width: number, height: number) => unknown;
  readonly CascadeClassifier: new (path: string) => CascadeClassifier;
  imdecodeAsync(data: Buffer, flags: number, done: (error: Error | string | null, image?: Mat) => void): void;
  imencode(extension: string, image: Mat, flags: number[]): Buffer;
  setNumThreads(count: number): void;
  readonly IMREAD_COLOR: number;
  readonly INTER_LINEAR: number;
  readonly INTER_AREA: number;
  readonly BORDER_REPLICATE: number;
  readonly BORDER_CONSTANT: number;
  readonly BORDER_ISOLATED: number;
  readonly COLOR_BGR2GRAY: number;
  readonly CV_8UC3: number;
  readonly CV_64F: number;
  readonly IMWRITE_JPEG_QUALITY: number;
}

const require = createRequire(import.meta.url);
let loaded: OpenCv | undefined;

/**
 * The native OpenCV binding, loaded at the first call. Loaded is the compiled file of `@u4/opencv4nodejs` and not the
 * package's own loader, which prints to stdout, looks for an OpenCV build to download and takes twice as long.
 * Throws `NATIVE_UNAVAILABLE` when it has not been built.
 */
export function openCv(): OpenCv {
  if (loaded) return loaded;
  try {
    const entry = require.resolve('@u4/opencv4nodejs');
    const path = join(dirname(entry), '..', '..', 'build', 'Release', 'opencv4nodejs.node');
    const binding = require(path) as OpenCv;
    // Frames are spread over processes: more threads in each would only compete.
    binding.setNumThreads(1);
    loaded = binding;
    return binding;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new RecognitionError(
      'NATIVE_UNAVAILABLE',
      `OpenCV cannot be loaded (${reason}); build it with \`npm run setup\``,
      { cause },
    );
  }
}

/** Runs native code; what it throws comes out as `INFERENCE_FAILED` with OpenCV's first line. */
export function native<Result>(what: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    throw nativeFailure(what, cause);
  }
}

export function nativeFailure(what: string, cause: unknown): RecognitionError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new RecognitionError('INFERENCE_FAILED', `${what}: ${message.split('\n')[0] ?? ''}`, { cause });
}
