import type { Route } from '../../route.js';
import type { RouteParts } from '../create-routes.js';
import { exportAttendanceRoute } from './export-attendance.js';

export function attendanceExportRoutes(parts: RouteParts): Route[] {
  return [exportAttendanceRoute(parts)];
}
