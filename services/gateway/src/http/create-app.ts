import { AppError, type Logger } from '@rollcall/service-kit';
import cors from 'cors';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { HttpMetrics } from './http-metrics.js';
import { createAccessLog } from './middleware/access-log.js';
import { createErrorHandler } from './middleware/handle-errors.js';
import { startContext } from './middleware/request-context.js';
import { registerRoutes, type RoutePorts } from './register-routes.js';
import type { Route } from './route.js';

export interface AppOptions {
  readonly routes: readonly Route[];
  readonly ports: RoutePorts;
  /** HTML pages beside the API. */
  readonly pages: readonly { readonly path: string; readonly handlers: readonly RequestHandler[] }[];
  readonly corsOrigins: readonly string[];
  /** Addresses (CIDR) whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
  /** True once a shutdown has begun: connections are not kept. */
  readonly isStopping: () => boolean;
}

/** Headers a page may read in an answer from another origin. */
const EXPOSED = ['X-Request-Id', 'Location', 'Retry-After', 'Preference-Applied', 'Idempotency-Replayed', 'ETag'];

export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // An address is the one of the document, not the same with other capitals or a slash more.
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.set('trust proxy', options.trustedProxies.length > 0 ? [...options.trustedProxies] : false);
  app.use(startContext, createAccessLog(options.logger, options.metrics));
  app.use(apiHeaders());
  if (options.corsOrigins.length > 0) {
    app.use(cors({ origin: [...options.corsOrigins], exposedHeaders: EXPOSED, maxAge: 600 }));
  }
  app.use((_request, response, next) => {
    if (options.isStopping()) response.setHeader('Connection', 'close');
    next();
  });
  for (const { path, handlers } of options.pages) app.use(path, ...handlers);
  registerRoutes(app, options.routes, options.ports);
  app.use((_request, _response, next) => next(new AppError('NOT_FOUND')));
  app.use(createErrorHandler(options.logger));
  return app;
}

/** An API answer is data: nothing in it may be run, framed or sniffed. */
function apiHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginResourcePolicy: { policy: 'same-site' },
  });
}
