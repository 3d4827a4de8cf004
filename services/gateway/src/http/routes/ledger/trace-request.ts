import { operations } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { traceRequest } from '../../../data-access/request-trace.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';

export function traceRequestRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.traceRequest, async ({ principal, params }) => {
    const id = params.request_id.toLowerCase();
    const trace = await withOrganization(pool, principal.organizationId, (client) => traceRequest(client, id));
    if (trace === undefined) throw new AppError('NOT_FOUND');
    return reply(200, 'REQUEST_TRACED', 'The way it went.', trace);
  });
}
