import type { Route } from '../../route.js';
import { assignmentRoutes } from './assignment-routes.js';
import type { CalendarPorts } from './change-calendar.js';
import { holidayRoutes } from './holiday-routes.js';
import { leaveRoutes } from './leave-routes.js';
import { orgConfigRoutes } from './org-config-routes.js';
import { shiftRoutes } from './shift-routes.js';

export function calendarRoutes(parts: CalendarPorts): Route[] {
  return [
    ...orgConfigRoutes(parts),
    ...shiftRoutes(parts),
    ...holidayRoutes(parts),
    ...assignmentRoutes(parts),
    ...leaveRoutes(parts),
  ];
}
