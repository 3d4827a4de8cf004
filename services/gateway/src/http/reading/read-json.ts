import { AppError } from '@rollcall/service-kit';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { refuseDeep } from './refuse-deep.js';

/** Largest JSON body of a call that carries no image, bytes. */
export const PLAIN_JSON_BYTES = 100_000;
/** What an image needs in base64, with room for the other fields. */
const BASE64_OVERHEAD = 4 / 3;
const OTHER_FIELDS_BYTES = 10_000;

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;

const parsers = new Map<number, RequestHandler>();

/** Bytes of a JSON body that carries one image of at most `imageBytes`. */
export function jsonBytesForImage(imageBytes: number): number {
  return Math.ceil(imageBytes * BASE64_OVERHEAD) + OTHER_FIELDS_BYTES;
}

/**
 * Reads JSON that is UTF-8, as RFC 8259 has it.
 *
 * @throws what classifyError knows: MALFORMED_JSON, PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE; VALIDATION_FAILED.
 */
export async function readJson(request: Request, response: Response, limit: number): Promise<unknown> {
  const charset = CHARSET.exec(request.headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (charset.toLowerCase() !== 'utf-8') {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', { message: 'Send the body as UTF-8.' });
  }
  let parse = parsers.get(limit);
  if (parse === undefined) {
    parse = express.json({ limit, inflate: false, type: () => true });
    // The limits are those of organizations' settings: few, but not for ever the same ones.
    if (parsers.size > 100) parsers.clear();
    parsers.set(limit, parse);
  }
  await run(parse, request, response);
  const body: unknown = request.body;
  if (body === undefined) throw new AppError('MALFORMED_JSON', { message: 'The body is empty.' });
  refuseDeep(body);
  return body;
}

/** Runs an Express middleware as a promise. */
export function run(middleware: RequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    void middleware(request, response, (error?: unknown) => {
      if (error === undefined || error === null) resolve();
      else reject(error instanceof Error ? error : new Error('the body could not be read', { cause: error }));
    });
  });
}
