import type { Route } from '../../route.js';
import { getSystemHealthRoute, type SystemHealthPorts } from './get-system-health.js';
import { listSystemLogsRoute } from './list-system-logs.js';

/** How the installation fares, for an organization's admin. */
export function systemRoutes(parts: SystemHealthPorts): Route[] {
  return [getSystemHealthRoute(parts), listSystemLogsRoute(parts)];
}
