import { deflateSync } from 'node:zlib';
import { cmykJpeg, withOrientation, withSegment, withSize } from './jpeg-files.js';
import { PNG_KINDS, pngOf } from './png-files.js';
import { noise, seededRandom } from './random-bytes.js';

/** A file that somebody posts as a frame. */
export interface HostileImage {
  readonly what: string;
  readonly bytes: Uint8Array;
}

const JPEG_END = Uint8Array.from([0xff, 0xd9]);
const join = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);
const text = (content: string): Buffer => Buffer.from(content, 'latin1');

/** Files that have ended programs which decode images, made from a photo with a face: `count` of them, the same for the same seed. */
export function hostileImages(photo: Uint8Array, count: number, seed: number): HostileImage[] {
  const random = seededRandom(seed);
  const fixed = [...otherKinds(photo), ...wrongSizes(photo), ...rarePixels(photo), ...bombs(photo)];
  const rest = Array.from({ length: Math.max(0, count - fixed.length) }, (_, turn) => damaged(photo, turn, random));
  return [...fixed, ...rest].slice(0, count);
}

/** In turn: cut anywhere, cut with an end, cut in the header, a byte of the header changed, noise in the scan. */
function damaged(photo: Uint8Array, turn: number, random: () => number): HostileImage {
  const at = Math.floor(random() * (photo.length - 4)) + 2;
  const early = 2 + Math.floor(turn / 5);
  switch (turn % 5) {
    case 0:
      return { what: `cut at ${String(at)}`, bytes: photo.subarray(0, at) };
    case 1:
      return { what: `cut at ${String(at)}, with an end`, bytes: join(photo.subarray(0, at), JPEG_END) };
    case 2:
      return { what: `cut at ${String(early)}, with an end`, bytes: join(photo.subarray(0, early), JPEG_END) };
    case 3: {
      const bytes = Uint8Array.from(photo);
      bytes[2 + Math.floor(random() * 620)] = Math.floor(random() * 256);
      return { what: `header changed, turn ${String(turn)}`, bytes };
    }
    default: {
      const bytes = Uint8Array.from(photo);
      bytes.set(noise(Math.min(400, photo.length - at - 2), random), at);
      return { what: `noise at ${String(at)}`, bytes };
    }
  }
}

function otherKinds(photo: Uint8Array): HostileImage[] {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>';
  const zip = join(text('PK\x03\x04'), Buffer.alloc(60), text('PK\x05\x06'), Buffer.alloc(18));
  const gif = join(
    text('GIF89a'),
    Buffer.from('40014001800000ffffff000000', 'hex'),
    text('!\xf9\x04\x00\x0a\x00\x00\x00;'),
  );
  return [
    { what: 'nothing', bytes: new Uint8Array() },
    { what: 'SVG', bytes: text(svg) },
    { what: 'ZIP', bytes: zip },
    { what: 'PDF', bytes: text('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF') },
    { what: 'animated GIF', bytes: gif },
    { what: 'TIFF', bytes: join(text('II*\0'), Buffer.alloc(200, 8)) },
    { what: 'BMP', bytes: join(text('BM'), Buffer.alloc(200, 1)) },
    { what: 'program', bytes: join(text('\x7fELF'), Buffer.alloc(500, 2)) },
    { what: 'JPEG with a ZIP behind it', bytes: join(photo, zip) },
    { what: 'JPEG with a page in its comment', bytes: withSegment(photo, 0xfe, text('<script>alert(1)</script>')) },
    { what: 'JPEG with a PDF in its comment', bytes: withSegment(photo, 0xfe, text('%PDF-1.7\n%%EOF')) },
    { what: 'PDF before a JPEG', bytes: join(text('%PDF-1.7\n'), photo) },
    { what: 'JPEG in a JPEG', bytes: withSegment(photo, 0xe2, photo.subarray(0, 60_000)) },
    { what: 'two JPEGs', bytes: join(photo, photo) },
    { what: 'animated WebP', bytes: webp(2) },
    { what: 'WebP without pixels', bytes: webp(0) },
    { what: 'animated PNG', bytes: pngOf({ chunks: [['acTL', Buffer.from('0000000300000000', 'hex')]] }) },
  ];
}

function webp(flags: number): Buffer {
  const header = Buffer.alloc(18);
  header.write('VP8X', 0, 'latin1');
  header.writeUInt32LE(10, 4);
  header.set([flags, 0, 0, 0, 0x7f, 2, 0, 0xdf, 1, 0], 8);
  const content = join(text('WEBP'), header, Buffer.alloc(64, 3));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(content.length, 0);
  return join(text('RIFF'), size, content);
}

function wrongSizes(photo: Uint8Array): HostileImage[] {
  const sizes = [
    [65_535, 65_535],
    [65_535, 1],
    [1, 65_535],
    [0, 0],
    [0, 480],
    [4_000, 4_000],
    [33, 33],
    [7_000, 7_000],
  ] as const;
  return sizes.flatMap(([width, height]) => [
    { what: `JPEG that says ${String(width)} × ${String(height)}`, bytes: withSize(photo, width, height) },
    { what: `PNG that says ${String(width)} × ${String(height)}`, bytes: pngOf({ width, height, rows: 1 }) },
  ]);
}

function rarePixels(photo: Uint8Array): HostileImage[] {
  const kinds = Object.keys(PNG_KINDS) as (keyof typeof PNG_KINDS)[];
  return [
    { what: 'CMYK', bytes: cmykJpeg() },
    { what: 'large CMYK', bytes: cmykJpeg(2_048, 2_048) },
    ...kinds.map((kind) => ({ what: `PNG ${kind}`, bytes: pngOf({ kind }) })),
    { what: 'interlaced PNG', bytes: pngOf({ interlaced: true }) },
    ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 65_535].map((orientation) => ({
      what: `EXIF orientation ${String(orientation)}`,
      bytes: withOrientation(photo, orientation),
    })),
    { what: 'EXIF cut short', bytes: withSegment(photo, 0xe1, text('Exif\0\0II*\0\xff\xff\xff\x7f')) },
    { what: 'EXIF that points outside', bytes: withSegment(photo, 0xe1, text('Exif\0\0II*\0\x08\0\0\0\xff\xff')) },
  ];
}

function bombs(photo: Uint8Array): HostileImage[] {
  const zeros = deflateSync(Buffer.alloc(100_000_000));
  return [
    { what: 'PNG whose pixels unpack to 100 MB', bytes: pngOf({ pixels: zeros }) },
    { what: 'PNG whose profile unpacks to 100 MB', bytes: pngOf({ chunks: [['iCCP', join(text('p\0\0'), zeros)]] }) },
    { what: 'PNG whose text unpacks to 100 MB', bytes: pngOf({ chunks: [['zTXt', join(text('t\0\0'), zeros)]] }) },
    { what: 'PNG of black, 7,000 × 7,000', bytes: pngOf({ width: 7_000, height: 7_000, pixels: zeros }) },
    { what: 'JPEG with 200 comments', bytes: comments(photo, 200) },
  ];
}

function comments(photo: Uint8Array, count: number): Uint8Array {
  let bytes: Uint8Array = photo;
  for (let turn = 0; turn < count; turn += 1) bytes = withSegment(bytes, 0xfe, Buffer.alloc(1_000, 0x20));
  return bytes;
}
