import type { Route } from '../../route.js';
import type { RouteParts } from '../create-routes.js';
import { skipEventRoute } from './skip-event.js';

/** What is built from the events, and what stands in its way. */
export function projectionRoutes(parts: RouteParts): Route[] {
  return [skipEventRoute(parts)];
}
