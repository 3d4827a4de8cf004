import { operations } from '@rollcall/contracts';
import type { Pool } from '@rollcall/postgres';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { pageAttendance } from './page-attendance.js';

export function listAttendanceRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.listAttendance, async ({ principal, query }) => {
    const who = { userId: query.user_id ?? null, department: query.department ?? null };
    const { page, nextCursor } = await pageAttendance(pool, principal.organizationId, who, query);
    return reply(200, 'ATTENDANCE_LISTED', 'Records.', page, { nextCursor });
  });
}
