import type { Envelope } from '@rollcall/contracts';
import type { AppError } from '@rollcall/service-kit';
import type { Response } from 'express';
import type { Reply, StreamReply } from './reply.js';

/** Resolves when the reply is written. */
export async function sendReply(response: Response, requestId: string, reply: Reply): Promise<void> {
  if (reply.headers !== undefined) response.set(reply.headers as Record<string, string>);
  if (reply.kind === 'refusal') {
    sendError(response, requestId, reply.error, reply.data);
    return;
  }
  if (reply.kind === 'raw') {
    response.status(200).set('Content-Type', reply.contentType);
    response.end(reply.body);
    return;
  }
  if (reply.kind === 'stream') {
    await sendStream(response, reply);
    return;
  }
  const { nextCursor, summary } = reply;
  const envelope: Envelope = {
    success: true,
    code: reply.code,
    message: reply.message,
    data: reply.data,
    meta: {
      request_id: requestId,
      ...(nextCursor !== undefined && { next_cursor: nextCursor }),
      ...(summary !== undefined && { summary }),
    },
    errors: [],
  };
  sendJson(response, reply.status, envelope);
}

async function sendStream(response: Response, { contentType, write, release }: StreamReply): Promise<void> {
  try {
    response.status(200).set('Content-Type', contentType);
    response.flushHeaders();
    if (response.req.method === 'HEAD') response.end();
    else if (!response.destroyed) await write(response);
  } finally {
    release?.();
  }
}

export function sendError(response: Response, requestId: string, error: AppError, data: unknown = null): void {
  if (error.status === 401) response.set('WWW-Authenticate', 'Bearer');
  if (error.retryAfterSeconds !== undefined) response.set('Retry-After', String(error.retryAfterSeconds));
  else if (error.retryable && error.status !== 500) response.set('Retry-After', '1');
  const envelope: Envelope = {
    success: false,
    code: error.code,
    message: error.message,
    data,
    meta: { request_id: requestId },
    errors: error.errors,
  };
  sendJson(response, error.status, envelope);
}

/** Without Express's ETag and content negotiation: nothing here is cached, and the hashing is not free. */
function sendJson(response: Response, status: number, envelope: Envelope): void {
  // As text, so that Node sends header and body in one piece.
  const body = JSON.stringify(envelope);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  });
  response.end(body);
}
