import express, { type RequestHandler } from 'express';
import { pageHeaders } from './docs-page.js';

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rollcall</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; }
  code { font-size: .9em; }
  li { margin: .4rem 0; }
</style>
<h1>Rollcall</h1>
<p>Camera frames in, attendance you can trust out. This is the gateway: it answers JSON.</p>
<ul>
  <li><a href="/docs">/docs</a>: sign in and try every call in the browser</li>
  <li><a href="/openapi.json">/openapi.json</a>, <a href="/asyncapi.json">/asyncapi.json</a>: the contract</li>
  <li><a href="/readyz">/readyz</a>: whether everything runs, <a href="/metrics">/metrics</a>: figures</li>
</ul>
</html>
`;

export function landingPage(): { path: string; handlers: RequestHandler[] } {
  const router = express.Router();
  router.get('/', pageHeaders(), (_request, response) => {
    response.type('html').send(PAGE);
  });
  return { path: '/', handlers: [router] };
}
