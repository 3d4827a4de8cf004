import { hash } from 'node:crypto';
import { AppError, type ErrorDetail } from '@rollcall/service-kit';
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

/**
 * Takes all images or none.
 *
 * @throws the error of the first image that is refused, with the reason of every one; PAYLOAD_TOO_LARGE.
 */
export function acceptImages(offered: readonly OfferedImage[], rules: ImageRules): AcceptedImage[] {
  const refusals: { code: ImageRefusal | 'TOO_LARGE'; detail: ErrorDetail }[] = [];
  const accepted: AcceptedImage[] = [];
  for (const { path, bytes } of offered) {
    if (bytes.byteLength > rules.maxBytes) {
      const message = `The file has more than ${String(rules.maxBytes)} bytes.`;
      refusals.push({ code: 'TOO_LARGE', detail: { path, code: 'TOO_LARGE', message } });
      continue;
    }
    const image = inspectImage(bytes, rules);
    if (!image.ok) {
      refusals.push({ code: image.code, detail: { path, code: image.code, message: image.message } });
      continue;
    }
    const { type: contentType, width, height } = image;
    accepted.push({ bytes, contentType, width, height, sha256: hash('sha256', bytes, 'buffer') });
  }
  const [first] = refusals;
  if (first !== undefined) throw new AppError(errorCode(first.code), { errors: refusals.map(({ detail }) => detail) });
  return accepted;
}

function errorCode(refusal: ImageRefusal | 'TOO_LARGE') {
  if (refusal === 'TOO_LARGE') return 'PAYLOAD_TOO_LARGE';
  return refusal === 'IMAGE_TOO_SMALL' ? 'VALIDATION_FAILED' : refusal;
}
