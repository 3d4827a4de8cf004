import { createHash } from 'node:crypto';
import { inspectImage, type ImageBounds, type ImageRefusal } from './inspect-image.js';

/** An image that may be stored. */
export interface AcceptedImage {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
  /** SHA-256, made once: it names the body for idempotency and goes into the row. */
  readonly sha256: Buffer;
}

/** An image of a call: `path` is what the answer calls it. */
export interface OfferedImage {
  readonly path: string;
  readonly bytes: Buffer;
}

export interface ImageRules extends ImageBounds {
  readonly maxBytes: number;
}

export interface RefusedImage {
  readonly path: string;
  readonly code: ImageRefusal | 'TOO_LARGE';
  readonly message: string;
}

export type Acceptance =
  | { readonly ok: true; readonly images: readonly AcceptedImage[] }
  | { readonly ok: false; readonly refused: readonly [RefusedImage, ...RefusedImage[]] };

/** Takes all images or none; says of each one why it is refused. */
export function acceptImages(offered: readonly OfferedImage[], rules: ImageRules): Acceptance {
  const verdicts = offered.map((image) => accept(image, rules));
  const [first, ...others] = verdicts.filter((verdict) => 'path' in verdict);
  if (first !== undefined) return { ok: false, refused: [first, ...others] };
  return { ok: true, images: verdicts.filter((verdict) => 'sha256' in verdict) };
}

function accept({ path, bytes }: OfferedImage, rules: ImageRules): AcceptedImage | RefusedImage {
  if (bytes.byteLength > rules.maxBytes) {
    return { path, code: 'TOO_LARGE', message: `The file has more than ${rules.maxBytes} bytes.` };
  }
  const image = inspectImage(bytes, rules);
  if (!image.ok) return { path, code: image.code, message: image.message };
  const { type: contentType, width, height } = image;
  return { bytes, contentType, width, height, sha256: createHash('sha256').update(bytes).digest() };
}
