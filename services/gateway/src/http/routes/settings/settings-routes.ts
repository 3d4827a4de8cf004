import type { Route } from '../../route.js';
import type { RouteParts } from '../create-routes.js';
import { getSystemConfigRoute } from './get-system-config.js';
import { replaceSystemConfigRoute } from './replace-system-config.js';
import { updateSystemConfigRoute } from './update-system-config.js';

export function settingsRoutes(parts: RouteParts): Route[] {
  return [getSystemConfigRoute(parts), replaceSystemConfigRoute(parts), updateSystemConfigRoute(parts)];
}
