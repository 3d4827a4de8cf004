import { operations } from '@rollcall/contracts';
import type { Pool } from '@rollcall/postgres';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { pageAttendance } from './page-attendance.js';

export function getOwnAttendanceRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.getOwnAttendance, async ({ principal, query }) => {
    const who = { userId: principal.userId, department: null };
    const { page, nextCursor } = await pageAttendance(pool, principal.organizationId, who, query);
    return reply(200, 'ATTENDANCE_LISTED', 'Your records.', page, { nextCursor });
  });
}
