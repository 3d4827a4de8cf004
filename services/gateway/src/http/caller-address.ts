import { isIP } from 'node:net';
import type { Request } from 'express';

/** IPv4 as a socket for both families writes it. */
const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/**
 * Who calls: the other end of the connection, or who a trusted proxy says it is. What stands in `X-Forwarded-For` is
 * believed from `TRUSTED_PROXIES` only (Express's `trust proxy`), and only when it is an address.
 */
export function callerAddress(request: Pick<Request, 'ip' | 'socket'>): string {
  const { ip = '' } = request;
  const address = isIP(ip) === 0 ? (request.socket.remoteAddress ?? '') : ip;
  return address.replace(MAPPED, '');
}
