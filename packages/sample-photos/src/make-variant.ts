import { decodeImage, type Box } from '@rollcall/recognition';

/** How an image is made from a photo. */
export interface Variant {
  readonly name: string;
  /** Pixels a side of the result over pixels of the photo. */
  readonly scale: number;
  /** Brightness: value × gain + offset. */
  readonly gain: number;
  readonly offset: number;
  /** Of the JPEG, 0..100. */
  readonly jpegQuality: number;
}

const maxPixels = 10_000_000;

/** The part of a photo (all of it without one), scaled, relit and compressed anew. The same input gives the same bytes. */
export async function makeVariant(photo: Uint8Array, variant: Variant, part?: Box): Promise<Buffer> {
  const image = await decodeImage(photo, { maxPixels });
  try {
    const cut = part ? image.region(part) : image;
    const width = Math.round(cut.width * variant.scale);
    const height = Math.round(cut.height * variant.scale);
    const made = cut.resize(width, height).adjustLight(variant.gain, variant.offset);
    return Buffer.from(made.encodeJpeg(variant.jpegQuality));
  } finally {
    image.dispose();
  }
}
