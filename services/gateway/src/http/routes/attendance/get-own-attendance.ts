import { operations, type OwnAttendanceQuery } from '@rollcall/contracts';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { summarizeMonth } from '../../../data-access/attendance-summary.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { pageAttendance, type AttendancePageQuery } from './page-attendance.js';

export function getOwnAttendanceRoute({ pool }: { readonly pool: Pool }): Route {
  return defineRoute(operations.getOwnAttendance, async ({ principal, query }) => {
    const { userId, organizationId } = principal;
    const { month } = query;
    const span = month === undefined ? query : { ...query, ...spanOf(month, query) };
    const { page, nextCursor } = await pageAttendance(pool, organizationId, { userId, department: null }, span);
    const summary =
      month === undefined
        ? null
        : await withOrganization(pool, organizationId, (client) => summarizeMonth(client, userId, month));
    return reply(200, 'ATTENDANCE_LISTED', 'Your records.', page, { nextCursor, summary });
  });
}

/** First and last date of a month. */
function spanOf(month: string, { from, to }: OwnAttendanceQuery): Pick<AttendancePageQuery, 'from' | 'to'> {
  if (from !== undefined || to !== undefined) {
    const problem = { path: '/month', code: 'CONTRADICTS_SPAN', message: 'does not go with from or to' };
    throw new AppError('VALIDATION_FAILED', { errors: [problem] });
  }
  const [year = 0, number = 0] = month.split('-').map(Number);
  // The day before the first of the next month.
  const last = new Date(Date.UTC(year, number, 0));
  return { from: `${month}-01`, to: last.toISOString().slice(0, 10) };
}
