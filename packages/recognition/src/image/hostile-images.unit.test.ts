import { deflateSync, crc32 } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { RecognitionError } from '../recognition-error.js';
import { decodeImage } from './decode-image.js';
import { Image } from './image.js';
import { openCv } from './opencv.js';
import { readImageHeader } from './read-header.js';

const maxPixels = 1_000_000;
/** OpenCV's IMWRITE_WEBP_QUALITY: without it the image is written lossless, in another format inside. */
const webpQuality = 64;

async function decoded(bytes: Uint8Array): Promise<{ width: number; height: number; first: number[] }> {
  const image = await decodeImage(bytes, { maxPixels });
  const first = [...image.pixels().subarray(0, 3)];
  image.dispose();
  return { width: image.width, height: image.height, first };
}

async function refusal(bytes: Uint8Array): Promise<string> {
  const error: unknown = await decoded(bytes).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof RecognitionError ? error.code : `not refused: ${String(error)}`;
}

let jpeg: Buffer;

beforeAll(() => {
  const pixels = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * 7) % 251);
  const image = Image.fromPixels(pixels, 64, 48);
  jpeg = Buffer.from(image.encodeJpeg(90));
  image.dispose();
});

describe('what is no image', () => {
  it.each([
    ['no bytes', Buffer.alloc(0), 'IMAGE_EMPTY'],
    ['zero bytes', Buffer.alloc(1000), 'IMAGE_UNSUPPORTED'],
    ['text', Buffer.from('<html>not an image</html>'), 'IMAGE_UNSUPPORTED'],
    ['a GIF', Buffer.from('GIF89a\x01\x00\x01\x00', 'latin1'), 'IMAGE_UNSUPPORTED'],
    ['the first three bytes of a JPEG', Buffer.from('ffd8ff', 'hex'), 'IMAGE_DAMAGED'],
    ['a PNG signature alone', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'IMAGE_DAMAGED'],
    ['a WebP header alone', Buffer.from('RIFF\x04\0\0\0WEBP', 'latin1'), 'IMAGE_DAMAGED'],
  ])('%s is refused', async (_name, bytes, code) => {
    expect(await refusal(bytes)).toBe(code);
  });
});

describe('a JPEG', () => {
  it('is refused wherever it is cut', async () => {
    for (let length = 3; length < jpeg.length; length += 41) {
      expect(await refusal(jpeg.subarray(0, length)), `${length} bytes`).toBe('IMAGE_DAMAGED');
    }
    expect(await refusal(jpeg.subarray(0, jpeg.length - 1))).toBe('IMAGE_DAMAGED');
  });

  it('whose embedded thumbnail is whole but which is cut itself is refused', async () => {
    const thumbnail = app1(Buffer.concat([Buffer.from('Exif\0\0'), jpeg]));
    const cut = jpeg.subarray(2, jpeg.length - 40);
    expect(await refusal(Buffer.concat([jpeg.subarray(0, 2), thumbnail, cut]))).toBe('IMAGE_DAMAGED');
  });

  it('with bytes after its end is read', async () => {
    expect(await decoded(Buffer.concat([jpeg, Buffer.alloc(100)]))).toMatchObject({ width: 64, height: 48 });
  });

  it('that claims more pixels than allowed is refused by its header', async () => {
    const huge = Buffer.from(jpeg);
    const frame = huge.indexOf(Buffer.from('ffc0', 'hex'));
    huge.writeUInt16BE(65_000, frame + 5);
    huge.writeUInt16BE(65_000, frame + 7);
    expect(await refusal(huge)).toBe('IMAGE_TOO_LARGE');
    expect(readImageHeader(huge)).toMatchObject({ width: 65_000, height: 65_000 });
  });

  it('with wrong bytes anywhere gives pixels or a refusal, and never ends the process', async () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return seed % below;
    };
    const outcomes = new Set<string>();
    for (let round = 0; round < 150; round += 1) {
      const broken = Buffer.from(jpeg);
      for (let i = 0; i < 6; i += 1) broken[random(broken.length)] = random(256);
      const outcome = await decoded(broken).then(
        () => 'pixels',
        (error: unknown) => (error instanceof RecognitionError ? 'refusal' : String(error)),
      );
      outcomes.add(outcome);
    }
    expect([...outcomes].toSorted()).toEqual(['pixels', 'refusal']);
  });

  it('in CMYK becomes three channels', async () => {
    const { width, height, first } = await decoded(cmykJpeg());
    expect([width, height]).toEqual([8, 8]);
    expect(first).toHaveLength(3);
  });

  it('in grey becomes three equal channels', async () => {
    const image = await decodeImage(jpeg, { maxPixels });
    const grey = image.grey().encodeJpeg();
    image.dispose();
    const [blue, green, red] = (await decoded(grey)).first;
    expect([green, red]).toEqual([blue, blue]);
  });

  it.each([
    [1, 64, 48],
    [3, 64, 48],
    [6, 48, 64],
    [8, 48, 64],
  ])('with EXIF orientation %i comes out upright', async (orientation, width, height) => {
    const turned = Buffer.concat([jpeg.subarray(0, 2), app1(exif(orientation)), jpeg.subarray(2)]);
    expect(await decoded(turned)).toMatchObject({ width, height });
  });
});

describe('a PNG', () => {
  it('that claims more pixels than allowed is refused before it is inflated', async () => {
    expect(await refusal(png(60_000, 60_000, 8, 2, Buffer.alloc(100)))).toBe('IMAGE_TOO_LARGE');
  });

  it('whose size multiplied overflows 32 bits is refused', async () => {
    expect(await refusal(png(65_536, 65_537, 8, 2, Buffer.alloc(100)))).toBe('IMAGE_TOO_LARGE');
  });

  it('with fewer pixels than it claims is refused', async () => {
    expect(await refusal(png(500, 500, 8, 2, Buffer.alloc(100)))).toBe('IMAGE_DAMAGED');
  });

  it('of no width is refused', async () => {
    expect(await refusal(png(0, 10, 8, 2, Buffer.alloc(100)))).toBe('IMAGE_DAMAGED');
  });

  it('that is cut is refused', async () => {
    const whole = png(20, 20, 8, 2, Buffer.alloc(20 * 61));
    expect(await refusal(whole.subarray(0, whole.length - 14))).toBe('IMAGE_DAMAGED');
  });

  it.each([
    ['16 bits', 16, 2, 6],
    ['16 bits grey', 16, 0, 2],
    ['transparency', 8, 6, 4],
  ])('with %s becomes 8 bits of three channels', async (_name, depth, colour, bytesPerPixel) => {
    const pixels = Buffer.alloc(10 * (1 + 12 * bytesPerPixel), 0x80);
    for (let row = 0; row < 10; row += 1) pixels[row * (1 + 12 * bytesPerPixel)] = 0;
    expect(await decoded(png(12, 10, depth, colour, pixels))).toEqual({
      width: 12,
      height: 10,
      first: [0x80, 0x80, 0x80],
    });
  });

  it('of one pixel is read', async () => {
    expect(await decoded(png(1, 1, 8, 2, Buffer.from([0, 10, 20, 30])))).toEqual({
      width: 1,
      height: 1,
      first: [30, 20, 10],
    });
  });
});

describe('a WebP', () => {
  it('is read, and refused when it is cut or claims more pixels than allowed', async () => {
    const image = Image.fromPixels(new Uint8Array(64 * 48 * 3).fill(120), 64, 48);
    const webp = image.withMat('webp', (mat) => openCv().imencode('.webp', mat, [webpQuality, 80]));
    image.dispose();
    expect(await decoded(webp)).toMatchObject({ width: 64, height: 48 });
    for (const length of [13, 21, 40, webp.length - 1]) {
      expect(await refusal(webp.subarray(0, length)), `${length} bytes`).toBe('IMAGE_DAMAGED');
    }
    const huge = Buffer.from(webp);
    const frame = huge.indexOf(Buffer.from('9d012a', 'hex'));
    huge.writeUInt16LE(16_383, frame + 3);
    huge.writeUInt16LE(16_383, frame + 5);
    expect(await refusal(huge)).toBe('IMAGE_TOO_LARGE');
  });
});

function app1(content: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(content.length + 2);
  return Buffer.concat([Buffer.from('ffe1', 'hex'), length, content]);
}

/** A TIFF header and one entry: orientation, a short. */
function exif(orientation: number): Buffer {
  return Buffer.from(
    `Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0${String.fromCharCode(orientation)}\0\0\0\0\0\0`,
    'latin1',
  );
}

/** 8×8 pixels in four components whose Huffman tables hold one code each: every block is two zero bits. */
function cmykJpeg(): Buffer {
  const quantisation = Buffer.concat([Buffer.from('ffdb004300', 'hex'), Buffer.alloc(64, 1)]);
  const frame = Buffer.from('ffc00014080008000804011100021100031100041100', 'hex');
  const table = (kind: string) => Buffer.from(`ffc40014${kind}01${'00'.repeat(15)}00`, 'hex');
  const scan = Buffer.from('ffda000e040100020003000400003f0000', 'hex');
  return Buffer.concat([
    Buffer.from('ffd8', 'hex'),
    quantisation,
    frame,
    table('00'),
    table('10'),
    scan,
    Buffer.from('ffd9', 'hex'),
  ]);
}

/** `rows`: a filter byte and the pixels of each row. */
function png(width: number, height: number, depth: number, colour: number, rows: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = depth;
  header[9] = colour;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const framed = Buffer.alloc(12 + data.length);
  framed.writeUInt32BE(data.length, 0);
  framed.write(type, 4, 'latin1');
  data.copy(framed, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, 8 + data.length)), 8 + data.length);
  return framed;
}
