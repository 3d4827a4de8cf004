import type { Route } from '../../route.js';
import type { RouteParts } from '../create-routes.js';
import { changePasswordRoute } from './change-password.js';
import { loginRoute } from './login.js';
import { logoutRoute } from './logout.js';
import { meRoute } from './me.js';
import { refreshRoute } from './refresh.js';

export function authRoutes(parts: RouteParts): Route[] {
  return [loginRoute(parts), refreshRoute(parts), logoutRoute(parts), changePasswordRoute(parts), meRoute(parts)];
}
