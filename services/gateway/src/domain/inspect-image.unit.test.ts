import { describe, expect, it } from 'vitest';
import { jpegFile, pngFile, webpFile } from './image-files.test.js';
import { inspectImage } from './inspect-image.js';

const bounds = { maxPixels: 1_000_000, minSide: 48 };
const inspect = (bytes: Buffer) => inspectImage(bytes, bounds);

describe('inspectImage', () => {
  it.each([
    ['image/jpeg', jpegFile()],
    ['image/png', pngFile()],
    ['image/webp', webpFile()],
  ])('reads kind and size of %s', (type, bytes) => {
    expect(inspect(bytes)).toEqual({ ok: true, type, width: 640, height: 480 });
  });

  it.each([
    ['a JPEG', jpegFile()],
    ['a PNG', pngFile()],
    ['a WebP', webpFile()],
  ])('tells that %s ends too early, wherever it was cut', (_kind, bytes) => {
    for (const length of [bytes.length - 1, bytes.length - 20, Math.floor(bytes.length / 2)]) {
      expect(inspect(bytes.subarray(0, length)), String(length)).toMatchObject({ ok: false, code: 'IMAGE_TRUNCATED' });
    }
  });

  it('is not deceived by the end marker of a thumbnail', () => {
    const bytes = jpegFile();
    expect(bytes.indexOf(Buffer.from([0xff, 0xd9]))).toBeLessThan(bytes.length - 100);
    expect(inspect(bytes.subarray(0, bytes.length - 2))).toMatchObject({ code: 'IMAGE_TRUNCATED' });
  });

  it('takes bytes that a camera appends after the end', () => {
    expect(inspect(Buffer.concat([jpegFile(), Buffer.alloc(500, 1)]))).toMatchObject({ ok: true });
    expect(inspect(Buffer.concat([pngFile(), Buffer.alloc(500, 1)]))).toMatchObject({ ok: true });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello, I am a photo')],
    ['a PDF', Buffer.from('%PDF-1.7 ')],
    ['an MP4 video', Buffer.from('\0\0\0\x20ftypisom0000', 'latin1')],
    ['HTML with a picture in it', Buffer.from('<html><svg></svg></html>')],
  ])('says that %s is no image', (_kind, bytes) => {
    expect(inspect(bytes)).toMatchObject({ ok: false, code: 'NOT_AN_IMAGE' });
  });

  it.each([
    ['a GIF', Buffer.from('GIF89a...........')],
    ['a BMP', Buffer.from('BM..............')],
    ['a TIFF', Buffer.from('II*\0............', 'latin1')],
    ['a HEIC photo', Buffer.from('\0\0\0\x18ftypheic0000', 'latin1')],
    ['an AVIF image', Buffer.from('\0\0\0\x18ftypavif0000', 'latin1')],
    ['an SVG drawing', Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['an animation', webpFile({ animated: true })],
    ['a JPEG without a size', jpegFile({ height: 0 })],
  ])('says that %s is an image of a kind that is not taken', (_kind, bytes) => {
    expect(inspect(bytes)).toMatchObject({ ok: false, code: 'IMAGE_UNSUPPORTED' });
  });

  it('compares the pixels in the header with what is accepted, to the pixel', () => {
    expect(inspect(pngFile({ width: 1_000, height: 1_000 }))).toMatchObject({ ok: true });
    expect(inspect(pngFile({ width: 1_001, height: 1_000 }))).toMatchObject({ ok: false, code: 'TOO_MANY_PIXELS' });
    expect(inspect(pngFile({ width: 2 ** 31 - 1, height: 2 ** 31 - 1 }))).toMatchObject({ code: 'TOO_MANY_PIXELS' });
  });

  it('refuses what is too small to show a face', () => {
    expect(inspect(pngFile({ width: 47, height: 1_000 }))).toMatchObject({ ok: false, code: 'IMAGE_TOO_SMALL' });
    expect(inspect(pngFile({ width: 48, height: 1_000 }))).toMatchObject({ ok: true });
  });

  it('survives every cut and every wrong byte of the headers', () => {
    for (const file of [jpegFile(), pngFile(), webpFile()]) {
      for (let position = 0; position < file.length; position += 1) {
        expect(inspect(file.subarray(0, position)).ok, `cut at ${position}`).toBe(false);
        for (const value of [0, 0xff]) {
          const damaged = Buffer.from(file);
          damaged[position] = value;
          expect(() => inspect(damaged)).not.toThrow();
        }
      }
    }
  });
});
