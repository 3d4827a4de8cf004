import { AppError } from '@rollcall/service-kit';
import express, { type Request, type Response } from 'express';
import { run } from './read-json.js';

/**
 * The bytes of a body that is a text file; what they mean is for the route.
 *
 * @throws what classifyError knows: PAYLOAD_TOO_LARGE.
 */
export async function readTextFile(request: Request, response: Response, limit: number): Promise<Buffer> {
  await run(express.raw({ limit, inflate: false, type: () => true }), request, response);
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body)) throw new AppError('VALIDATION_FAILED', { errors: [EMPTY] });
  // The request lives as long as its caller waits; the file need not.
  request.body = undefined;
  return body;
}

const EMPTY = { path: '', code: 'REQUIRED', message: 'the body is empty' };
