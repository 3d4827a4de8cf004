import { AppError, isAppError } from '@rollcall/service-kit';
import type { Request, Response } from 'express';
import multer from 'multer';
import type { UploadedFile } from '../call.js';
import { run } from './read-json.js';

export interface MultipartLimits {
  readonly maxFiles: number;
  readonly maxFileBytes: number;
}

/** Text fields and part headers, bytes. */
const OTHER_PARTS_BYTES = 20_000;
const MAX_FIELDS = 20;

const limitsOf = new WeakMap<object, MultipartLimits>();

const parse = multer({
  storage: multer.memoryStorage(),
  limits: (request: object) => {
    const limits = limitsOf.get(request) ?? { maxFiles: 1, maxFileBytes: 1 };
    return {
      files: limits.maxFiles,
      fileSize: limits.maxFileBytes,
      fields: MAX_FIELDS,
      fieldSize: 2_000,
      fieldNameSize: 100,
      fieldNestingDepth: 1,
      fieldArrayIndexLimit: 0,
      headerPairs: 20,
    };
  },
} as unknown as multer.Options).any();

/** Bytes a body may have: one file more than allowed is still read, so that the answer can say "too many". */
export function multipartBytes({ maxFiles, maxFileBytes }: MultipartLimits): number {
  return (maxFiles + 1) * maxFileBytes + OTHER_PARTS_BYTES;
}

/**
 * Reads a multipart body into memory: text fields, and files under any name.
 *
 * @throws PAYLOAD_TOO_LARGE, also before anything is read when the announced length says so; WRONG_IMAGE_COUNT for more
 * files than allowed; MALFORMED_MULTIPART.
 */
export async function readMultipart(
  request: Request,
  response: Response,
  limits: MultipartLimits,
): Promise<{ fields: Record<string, unknown>; files: UploadedFile[] }> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > multipartBytes(limits)) throw new AppError('PAYLOAD_TOO_LARGE');
  limitsOf.set(request, limits);
  try {
    await run(parse, request, response);
  } catch (error) {
    if (error instanceof multer.MulterError || isAppError(error)) throw error;
    throw new AppError('MALFORMED_MULTIPART', { cause: error });
  }
  const fields = { ...(request.body as Record<string, unknown>) };
  const files = (Array.isArray(request.files) ? request.files : []).map(({ fieldname, buffer }) => ({
    field: fieldname,
    bytes: buffer,
  }));
  // The request lives as long as its caller waits; the images need not.
  request.files = [];
  return { fields, files };
}
