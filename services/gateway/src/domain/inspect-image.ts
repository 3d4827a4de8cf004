import { imageSize } from 'image-size';

export type ImageType = 'image/jpeg' | 'image/png' | 'image/webp';

export interface ImageBounds {
  /** Width × height above which an image is refused before anything is decoded. */
  readonly maxPixels: number;
  /** Pixels of the shorter side. */
  readonly minSide: number;
}

export type ImageRefusal =
  'NOT_AN_IMAGE' | 'IMAGE_UNSUPPORTED' | 'IMAGE_TRUNCATED' | 'TOO_MANY_PIXELS' | 'IMAGE_TOO_SMALL';

export type InspectedImage =
  | { readonly ok: true; readonly type: ImageType; readonly width: number; readonly height: number }
  | { readonly ok: false; readonly code: ImageRefusal; readonly message: string };

/**
 * Looks at the header and the end of an image file, without decoding a pixel: kind, completeness and size. The worker's
 * decoder has the last word on what is between.
 */
export function inspectImage(bytes: Buffer, bounds: ImageBounds): InspectedImage {
  const type = detectType(bytes);
  if (type === undefined) {
    return looksLikeAnotherImage(bytes)
      ? refuse('IMAGE_UNSUPPORTED', 'Send a JPEG, PNG or WebP file.')
      : refuse('NOT_AN_IMAGE', 'The bytes are not an image.');
  }
  if (!isComplete[type](bytes)) return refuse('IMAGE_TRUNCATED', 'The file ends before the image does.');
  if (type === 'image/webp' && isAnimatedWebp(bytes))
    return refuse('IMAGE_UNSUPPORTED', 'Animations are not accepted.');
  const size = readSize(bytes);
  if (size === undefined) return refuse('IMAGE_UNSUPPORTED', 'The size of the image cannot be read from its header.');
  const { width, height } = size;
  if (width * height > bounds.maxPixels) {
    const pixels = `${String(width)} × ${String(height)}`;
    return refuse('TOO_MANY_PIXELS', `The image has ${pixels} pixels; ${String(bounds.maxPixels)} are accepted.`);
  }
  if (Math.min(width, height) < bounds.minSide) {
    return refuse('IMAGE_TOO_SMALL', `The shorter side needs ${String(bounds.minSide)} pixels or more.`);
  }
  return { ok: true, type, width, height };
}

function refuse(code: ImageRefusal, message: string): InspectedImage {
  return { ok: false, code, message };
}

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

function detectType(bytes: Buffer): ImageType | undefined {
  if (bytes.length >= 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  if (bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return 'image/png';
  if (textAt(bytes, 0, 4) === 'RIFF' && textAt(bytes, 8, 12) === 'WEBP') return 'image/webp';
  return undefined;
}

function textAt(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', start, end);
}

/** GIF, BMP, TIFF, icons, JPEG 2000, JPEG XL, HEIC and AVIF, SVG: images, but none we take. */
function looksLikeAnotherImage(bytes: Buffer): boolean {
  const start = textAt(bytes, 0, 4);
  if (start === 'GIF8' || start.startsWith('BM') || start === 'II*\0' || start === 'MM\0*') return true;
  if (start === '\0\0\x01\0' || start === '8BPS' || start.startsWith('\xff\x0a')) return true;
  if (textAt(bytes, 4, 8) === 'ftyp') return /^(hei|hev|mif1|msf1|avi[fs])/.test(textAt(bytes, 8, 12));
  if (/^(jP {2}|JXL )$/.test(textAt(bytes, 4, 8))) return true;
  return /^\s*(<\?xml[^>]*>\s*)?(<!--[^>]*-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/i.test(textAt(bytes, 0, 512));
}

const isComplete: Readonly<Record<ImageType, (bytes: Buffer) => boolean>> = {
  'image/jpeg': isCompleteJpeg,
  'image/png': isCompletePng,
  'image/webp': isCompleteWebp,
};

const END_OF_JPEG = Buffer.from([0xff, 0xd9]);

/**
 * The end marker must come after the first scan begins: a thumbnail in the header has an end marker of its own. Inside
 * a scan the two bytes cannot stand (ISO/IEC 10918-1, B.1.1.5), and bytes after the end (cameras append some) are fine.
 */
function isCompleteJpeg(bytes: Buffer): boolean {
  const scan = findFirstScan(bytes);
  return scan !== undefined && bytes.lastIndexOf(END_OF_JPEG) > scan;
}

/** Offset of the first start-of-scan marker, found by going from segment to segment. */
function findFirstScan(bytes: Buffer): number | undefined {
  let offset = 2;
  while (offset + 4 <= bytes.length && bytes[offset] === 0xff) {
    const marker = bytes[offset + 1] ?? 0;
    if (marker === 0xda) return offset;
    // Fill bytes may stand before a marker; markers 01 and D0–D7 have no length.
    if (marker === 0xff) offset += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) offset += 2;
    else offset += 2 + bytes.readUInt16BE(offset + 2);
  }
  return undefined;
}

/** The last chunk of every PNG: length 0, type IEND and its fixed checksum. */
const END_OF_PNG = Buffer.from('0000000049454e44ae426082', 'hex');

function isCompletePng(bytes: Buffer): boolean {
  return bytes.lastIndexOf(END_OF_PNG) > 0;
}

/** The container says how long it is. */
function isCompleteWebp(bytes: Buffer): boolean {
  return bytes.length >= 30 && bytes.readUInt32LE(4) + 8 <= bytes.length;
}

/** The animation flag of the extended header. */
function isAnimatedWebp(bytes: Buffer): boolean {
  return textAt(bytes, 12, 16) === 'VP8X' && ((bytes[20] ?? 0) & 0x02) !== 0;
}

function readSize(bytes: Buffer): { width: number; height: number } | undefined {
  try {
    const { width, height } = imageSize(bytes);
    return width > 0 && height > 0 ? { width, height } : undefined;
  } catch {
    return undefined;
  }
}
