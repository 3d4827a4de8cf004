import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Envelope } from '@rollcall/contracts';
import { AppError, newId } from '@rollcall/service-kit';

/**
 * Answers what Node's parser could not read as a request: headers that are too large get their own code in the envelope,
 * everything else a bare 400. Express never sees these.
 */
export function answerUnreadable(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  if (error.code !== 'HPE_HEADER_OVERFLOW') {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const { code, status, message } = new AppError('HEADERS_TOO_LARGE');
  const requestId = newId();
  const envelope: Envelope = { success: false, code, message, data: null, meta: { request_id: requestId }, errors: [] };
  const body = JSON.stringify(envelope);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    `X-Request-Id: ${requestId}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
