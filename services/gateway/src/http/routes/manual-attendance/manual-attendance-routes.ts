import type { RouteParts } from '../create-routes.js';
import type { Route } from '../../route.js';
import { enterAttendanceRoute } from './enter-attendance.js';
import { listCorrectionsRoute } from './list-corrections.js';
import { withdrawCorrectionRoute } from './withdraw-correction.js';

export function manualAttendanceRoutes(parts: RouteParts): Route[] {
  return [enterAttendanceRoute(parts), listCorrectionsRoute(parts), withdrawCorrectionRoute(parts)];
}
