import type { Operation } from '@rollcall/contracts';
import { AppError } from '@rollcall/service-kit';
import type { Request, Response } from 'express';
import type { UploadedFile } from '../call.js';
import { createCheck } from '../check-call.js';
import { expectedBytes } from './byte-budget.js';
import { jsonBytesForImage, PLAIN_JSON_BYTES, readJson } from './read-json.js';
import { multipartBytes, readMultipart } from './read-multipart.js';
import { readTextFile } from './read-text-file.js';

/** What an organization takes; asked for only when a body carries images. */
export interface ImageLimits {
  readonly maxFiles: number;
  readonly maxFileBytes: number;
}

/** The body of a call as `Call` declares it for the operation; undefined when the operation takes none. */
export type ReadBody = (
  request: Request,
  response: Response,
  imageLimits: () => Promise<ImageLimits>,
  /** @throws SERVICE_UNAVAILABLE when there is no room for so many bytes now */
  reserve: (bytes: number) => void,
) => Promise<unknown>;

/** Makes the reader of an operation's body, which is taken as it is, not compressed; its schemas are compiled once. */
export function createBodyReader(operation: Operation): ReadBody {
  const { json, multipart, text } = operation;
  if (json === undefined && multipart === undefined && text === undefined) return () => Promise.resolve(undefined);
  const checkJson = json && createCheck(json, { text: false, kept: true, judgedSingly: operation.judgedSingly });
  const checkFields = multipart && createCheck(multipart.fields, { text: true, kept: true });
  const fileFields = new Set(multipart?.files.flatMap(({ field, many }) => (many ? [field, `${field}[]`] : [field])));
  const carriesImage = multipart !== undefined;
  const otherFiles = multipart?.maxBytes === undefined ? undefined : { maxFiles: 1, maxFileBytes: multipart.maxBytes };

  return async (request, response, imageLimits, reserve) => {
    refuseEncoded(request);
    const type = mediaType(request);
    if (checkFields !== undefined && type === 'multipart/form-data') {
      const limits = otherFiles ?? (await imageLimits());
      reserve(expectedBytes(request, multipartBytes(limits)));
      const { fields, files } = await readMultipart(request, response, limits);
      refuseOtherFiles(files, fileFields);
      return { kind: 'multipart', fields: checkFields(fields), files };
    }
    if (checkJson !== undefined && type === 'application/json') {
      const limit = carriesImage ? jsonBytesForImage((await imageLimits()).maxFileBytes) : PLAIN_JSON_BYTES;
      if (carriesImage) reserve(expectedBytes(request, limit));
      return { kind: 'json', value: checkJson(await readJson(request, response, limit)) };
    }
    if (type === text?.contentType) {
      reserve(expectedBytes(request, text.maxBytes));
      return { kind: 'text', bytes: await readTextFile(request, response, text.maxBytes) };
    }
    throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  };
}

/** A few compressed bytes can become any number of bytes. */
function refuseEncoded(request: Request): void {
  const encoding = (request.headers['content-encoding'] ?? '').toLowerCase();
  if (encoding === '' || encoding === 'identity') return;
  throw new AppError('UNSUPPORTED_MEDIA_TYPE', { message: 'Send the body uncompressed.' });
}

function mediaType(request: Request): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function refuseOtherFiles(files: readonly UploadedFile[], allowed: ReadonlySet<string>): void {
  const errors = files
    .filter(({ field }) => !allowed.has(field))
    .map(({ field }) => ({
      path: `/${field.slice(0, 100)}`,
      code: 'UNEXPECTED_FIELD',
      message: 'is not a known file field',
    }));
  if (errors.length > 0) throw new AppError('VALIDATION_FAILED', { errors });
}
