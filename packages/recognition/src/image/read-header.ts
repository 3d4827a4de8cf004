import { JPG } from 'image-size/types/jpg';
import { PNG } from 'image-size/types/png';
import { WEBP } from 'image-size/types/webp';
import { RecognitionError } from '../recognition-error.js';

export type ImageFormat = 'jpeg' | 'png' | 'webp';

export interface ImageHeader {
  readonly format: ImageFormat;
  /** Pixels as stored, before EXIF orientation. */
  readonly width: number;
  readonly height: number;
}

const readers = { jpeg: JPG, png: PNG, webp: WEBP };

/**
 * Format and size from the first bytes, without decoding a pixel. Throws `IMAGE_EMPTY`, `IMAGE_UNSUPPORTED` when it
 * is none of the three formats, `IMAGE_DAMAGED` when the header makes no sense or a JPEG or PNG has no end.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length === 0) throw new RecognitionError('IMAGE_EMPTY', 'The image has no bytes.');
  const format = formatOf(bytes);
  if (!format) {
    throw new RecognitionError('IMAGE_UNSUPPORTED', 'The bytes are not a JPEG, PNG or WebP image.');
  }
  const { width, height } = sizeOf(bytes, format);
  if (!(width > 0 && height > 0)) {
    throw new RecognitionError('IMAGE_DAMAGED', `The ${format} header gives no size.`);
  }
  if (!hasEnd(bytes, format)) {
    throw new RecognitionError('IMAGE_DAMAGED', `The ${format} image is cut short.`);
  }
  return { format, width, height };
}

function formatOf(bytes: Uint8Array): ImageFormat | undefined {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (start.startsWith('RIFF') && start.endsWith('WEBP')) return 'webp';
  return undefined;
}

function sizeOf(bytes: Uint8Array, format: ImageFormat): { width: number; height: number } {
  try {
    return readers[format].calculate(bytes);
  } catch (cause) {
    throw new RecognitionError('IMAGE_DAMAGED', `The ${format} header cannot be read.`, { cause });
  }
}

/**
 * Decoders fill what is missing of a cut JPEG with grey and call it a success, so the end marker is looked for: behind
 * the last scan's start, because an embedded thumbnail has an end marker too.
 */
function hasEnd(bytes: Uint8Array, format: ImageFormat): boolean {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'jpeg') {
    return all.lastIndexOf('\xff\xd9', undefined, 'latin1') > lastScan(all);
  }
  if (format === 'png') return all.lastIndexOf('IEND', undefined, 'latin1') > 0;
  // RIFF states the length of what follows its first eight bytes.
  return all.length >= 8 + all.readUInt32LE(4);
}

/** Position of the first start-of-scan segment, found by walking the segments; the length when there is none. */
function lastScan(jpeg: Buffer): number {
  for (let at = 2; at + 4 <= jpeg.length;) {
    if (jpeg[at] !== 0xff) return jpeg.length;
    const marker = jpeg[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda) return at;
    at += 2 + jpeg.readUInt16BE(at + 2);
  }
  return jpeg.length;
}
