import { buildAsyncApi, buildOpenApi, operations } from '@rollcall/contracts';
import { errorTable } from '@rollcall/service-kit';
import { raw } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

/** The documents are made once: they do not change while the process lives. */
export function documentRoutes({ version }: { readonly version: string }): Route[] {
  const openApi = JSON.stringify(buildOpenApi({ errorTable, version }));
  const asyncApi = JSON.stringify(buildAsyncApi({ version }));
  const contentType = 'application/json; charset=utf-8';
  return [
    defineRoute(operations.openApiDocument, () => Promise.resolve(raw(contentType, openApi))),
    defineRoute(operations.asyncApiDocument, () => Promise.resolve(raw(contentType, asyncApi))),
  ];
}
