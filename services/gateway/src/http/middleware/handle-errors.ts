import type { Logger } from '@rollcall/service-kit';
import type { ErrorRequestHandler } from 'express';
import { classifyError } from '../classify-error.js';
import { sendError } from '../send-reply.js';
import { contextOf } from './request-context.js';

/** The last word on every failed call: an error of the table in the envelope, and the cause in the log. */
export function createErrorHandler(logger: Pick<Logger, 'error' | 'warn'>): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    const error = classifyError(thrown);
    const context = contextOf(request);
    context.errorCode = error.code;
    const line = {
      request_id: context.requestId,
      operation: context.operationId,
      organization_id: context.organizationId,
      code: error.code,
      err: thrown,
    };
    if (error.status === 500) logger.error(line, 'a call failed');
    else if (error.status > 500) logger.warn(line, 'a call could not be served');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    sendError(response, context.requestId, error);
  };
}
