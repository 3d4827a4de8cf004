import { newId } from '@rollcall/service-kit';
import type { Request, RequestHandler, Response } from 'express';
import { validate as isUuid } from 'uuid';

/** What is known of a request before anything else. */
export interface RequestContext {
  readonly requestId: string;
  readonly correlationId: string;
  readonly startedAt: number;
  /** Filled in on the way, for the access log. */
  operationId?: string;
  actor?: string;
  organizationId?: string;
  errorCode?: string;
}

const contexts = new WeakMap<object, RequestContext>();

/** A caller's own id is taken when it is short and harmless in a log or a header. */
const SANE = /^[A-Za-z0-9._:-]{1,100}$/;

/** Gives every request its id: the caller's X-Request-Id when it is sane, a new uuid otherwise. */
export const startContext: RequestHandler = (request, response, next) => {
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && SANE.test(given) ? given : newId();
  const correlationId = isUuid(requestId) ? requestId.toLowerCase() : newId();
  contexts.set(request, { requestId, correlationId, startedAt: performance.now() });
  response.setHeader('X-Request-Id', requestId);
  next();
};

export function contextOf(request: Request | Response['req']): RequestContext {
  const context = contexts.get(request);
  if (context === undefined) throw new Error('the request has no context');
  return context;
}
