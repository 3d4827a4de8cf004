import { describe, expect, it } from 'vitest';
import { jpegFile, pngFile } from './image-files.test.js';
import { acceptImages } from './accept-images.js';

const rules = { maxBytes: 10_000, maxPixels: 1_000_000, minSide: 48 };

describe('acceptImages', () => {
  it('measures each image and takes its digest', () => {
    const acceptance = acceptImages([{ path: '/image', bytes: pngFile() }], rules);
    expect(acceptance).toMatchObject({ ok: true, images: [{ contentType: 'image/png', width: 640, height: 480 }] });
    expect(acceptance.ok && acceptance.images[0]?.sha256.byteLength).toBe(32);
  });

  it('takes none when one is refused, and tells of each that is', () => {
    const offered = [Buffer.from('text'), jpegFile(), jpegFile({ filling: 20_000 })].map((bytes, index) => ({
      path: `/images/${index}`,
      bytes,
    }));
    expect(acceptImages(offered, rules)).toMatchObject({
      ok: false,
      refused: [
        { path: '/images/0', code: 'NOT_AN_IMAGE' },
        { path: '/images/2', code: 'TOO_LARGE' },
      ],
    });
  });
});
