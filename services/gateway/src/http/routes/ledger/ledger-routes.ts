import type { Route } from '../../route.js';
import type { RouteParts } from '../create-routes.js';
import { discardRequestRoute } from './discard-request.js';
import { getLedgerRoute } from './get-ledger.js';
import { listFailedRequestsRoute } from './list-failed-requests.js';
import { requeueRequestRoute } from './requeue-request.js';
import { traceRequestRoute } from './trace-request.js';

/** What became of everything that was taken in. */
export function ledgerRoutes(parts: RouteParts): Route[] {
  return [
    getLedgerRoute(parts),
    traceRequestRoute(parts),
    listFailedRequestsRoute(parts),
    requeueRequestRoute(parts),
    discardRequestRoute(parts),
  ];
}
