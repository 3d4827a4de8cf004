import express, { type RequestHandler } from 'express';
import helmet from 'helmet';
import swaggerUi from 'swagger-ui-express';

/** Interactive documentation at /docs, made by the browser from /openapi.json; everything it loads comes from here. */
export function docsPage(): { path: string; handlers: RequestHandler[] } {
  const options = {
    customSiteTitle: 'Rollcall API',
    swaggerOptions: {
      url: '/openapi.json',
      validatorUrl: null,
      persistAuthorization: true,
      displayRequestDuration: true,
    },
  };
  const [initialization, assets] = swaggerUi.serveFiles(undefined, options) as [RequestHandler, RequestHandler];
  const router = express.Router();
  router.use(pageHeaders(), initialization, assets);
  router.get('/', swaggerUi.setup(undefined, options));
  return { path: '/docs', handlers: [router] };
}

/** Scripts and styles of our own only; Swagger UI puts styles into elements. */
export function pageHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
  });
}
