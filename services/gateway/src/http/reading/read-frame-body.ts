import type { RecognizeFields, RecognizeRequest } from '@rollcall/contracts';
import { AppError } from '@rollcall/service-kit';
import type { UploadedFile } from '../call.js';
import { decodeBase64 } from './decode-base64.js';

type FrameBody =
  | { readonly kind: 'json'; readonly value: RecognizeRequest }
  | { readonly kind: 'multipart'; readonly fields: RecognizeFields; readonly files: readonly UploadedFile[] };

/** The fields and the bytes of a frame, however it was sent. */
export function readFrameBody(body: FrameBody): { readonly fields: RecognizeFields; readonly bytes: Buffer } {
  if (body.kind === 'json') {
    const { image, ...fields } = body.value;
    const bytes = decodeBase64(image);
    if (bytes === undefined) throw refuse('WRONG_FORMAT', 'is not base64');
    return { fields, bytes };
  }
  const [file, ...others] = body.files;
  if (file === undefined) throw refuse('REQUIRED', 'is required');
  if (others.length > 0) throw new AppError('WRONG_IMAGE_COUNT');
  return { fields: body.fields, bytes: file.bytes };
}

function refuse(code: string, message: string): AppError {
  return new AppError('VALIDATION_FAILED', { errors: [{ path: '/image', code, message }] });
}
