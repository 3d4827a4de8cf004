import type { Pool } from '@rollcall/postgres';
import type { Route } from '../../route.js';
import { listAuditLogsRoute } from './list-audit-logs.js';
import { listEventsRoute } from './list-events.js';
import { streamEventsRoute, type StreamEventsPorts } from './stream-events.js';

/** Events, and the trail of who did what. */
export function feedRoutes(parts: StreamEventsPorts & { readonly pool: Pool }): Route[] {
  return [listEventsRoute(parts), streamEventsRoute(parts), listAuditLogsRoute(parts)];
}
