import type { Logger } from '@rollcall/service-kit';
import type { RequestHandler } from 'express';
import { callerAddress } from '../caller-address.js';
import type { HttpMetrics } from '../http-metrics.js';
import { contextOf } from './request-context.js';

/** One line a request, when it is over: no body, no header, no query (they may hold secrets). */
export function createAccessLog(logger: Pick<Logger, 'info' | 'warn'>, metrics: HttpMetrics): RequestHandler {
  return (request, response, next) => {
    response.once('close', () => {
      const context = contextOf(request);
      const seconds = (performance.now() - context.startedAt) / 1_000;
      const operation = context.operationId ?? 'none';
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.observe(operation, status, seconds);
      logger.info(
        {
          request_id: context.requestId,
          method: request.method,
          path: request.originalUrl.split('?', 1)[0]?.slice(0, 200),
          operation,
          status,
          duration_ms: Math.round(seconds * 10_000) / 10,
          address: callerAddress(request),
          actor: context.actor,
          organization_id: context.organizationId,
          code: context.errorCode,
        },
        'request',
      );
    });
    next();
  };
}
