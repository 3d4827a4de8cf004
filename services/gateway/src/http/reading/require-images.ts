import type { SystemConfig } from '@rollcall/contracts';
import { AppError, type ErrorCode } from '@rollcall/service-kit';
import { acceptImages, type AcceptedImage, type OfferedImage, type RefusedImage } from '../../domain/accept-images.js';

/**
 * The images, fit to be stored.
 *
 * @throws the error of the first image that is refused, with the reason of each one that is.
 */
export function requireImages(
  offered: readonly OfferedImage[],
  { max_bytes: maxBytes, max_pixels: maxPixels, min_side: minSide }: SystemConfig['images'],
): readonly AcceptedImage[] {
  const acceptance = acceptImages(offered, { maxBytes, maxPixels, minSide });
  if (acceptance.ok) return acceptance.images;
  throw new AppError(errorCode(acceptance.refused[0].code), { errors: acceptance.refused });
}

function errorCode(code: RefusedImage['code']): ErrorCode {
  if (code === 'TOO_LARGE') return 'PAYLOAD_TOO_LARGE';
  return code === 'IMAGE_TOO_SMALL' ? 'VALIDATION_FAILED' : code;
}
