import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler } from 'express';
import helmet from 'helmet';
import swaggerUi from 'swagger-ui-express';

/** What the page has beside Swagger UI: the form to sign in. */
const ASSETS = new URL('../../../assets/docs/', import.meta.url);

/** The page names its files relatively: without the slash a browser would look for them beside it. */
const stayBelow: RequestHandler = (request, response, next) => {
  if (request.originalUrl.split('?', 1)[0] === '/docs') response.redirect(308, '/docs/');
  else next();
};

/** Interactive documentation at /docs, made by the browser from /openapi.json; everything it loads comes from here. One signs in on it. */
export function docsPage(): { path: string; handlers: RequestHandler[] } {
  const options = {
    customSiteTitle: 'Rollcall API',
    customCss: readFileSync(new URL('page.css', ASSETS), 'utf8'),
    customJs: './sign-in.js',
    swaggerOptions: {
      url: '/openapi.json',
      validatorUrl: null,
      docExpansion: 'none',
      filter: true,
      tryItOutEnabled: true,
      // Signed in as long as the page is open: tokens are not left in a browser.
      persistAuthorization: false,
      displayRequestDuration: true,
      defaultModelsExpandDepth: -1,
    },
  };
  const [initialization, assets] = swaggerUi.serveFiles(undefined, options) as [RequestHandler, RequestHandler];
  const router = express.Router();
  router.use(pageHeaders(), stayBelow, initialization);
  router.use(express.static(fileURLToPath(ASSETS), { index: false }), assets);
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
