import type { ClientBase } from '@rollcall/postgres';
import type { ExportedRecord } from '../domain/attendance-export/export-columns.js';

export interface ExportFilter {
  readonly organizationId: string;
  readonly userId: string | null;
  readonly department: string | null;
  readonly status: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

/** The place of a record in an export: oldest work date first, people of a date in the order of their ids. */
export interface ExportPlace {
  readonly workDate: string;
  readonly userId: string;
  readonly id: string;
}

const FILTER = `r.organization_id = $1 and r.work_date <= coalesce($2::date, '2199-12-31')
  and ($3::uuid is null or r.user_id = $3) and ($4::text is null or p.department = $4) and ($5::text is null or r.status = $5)`;

function valuesOf({ organizationId, to, userId, department, status }: ExportFilter): unknown[] {
  return [organizationId, to, userId, department, status];
}

export async function countExportedAttendance(client: ClientBase, filter: ExportFilter): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::integer as count
     from attendance_records as r left join user_profiles as p on p.user_id = r.user_id
     where ${FILTER} and r.work_date >= $6::date`,
    [...valuesOf(filter), filter.from ?? EARLIEST],
  );
  return rows[0]?.count ?? 0;
}

const EARLIEST = '1900-01-01';

/**
 * The next records of an export. Not a prepared statement: it is planned with the values, so that each page is a walk
 * along an index from where the page before ended, whatever the filter. For that it must have one lower bound only: with
 * two the walk begins at the first of them, and every page would read all pages before it again.
 */
export async function loadExportPage(
  client: ClientBase,
  filter: ExportFilter,
  after: ExportPlace | null,
  limit: number,
): Promise<ExportedRecord[]> {
  const bound =
    after === null ? 'r.work_date >= $7::date' : '(r.work_date, r.user_id, r.id) > ($7::date, $8::uuid, $9::uuid)';
  const { rows } = await client.query<ExportedRow>(
    `select r.id, r.user_id, u.full_name, p.employee_code, p.department, r.work_date, r.shift_id, r.check_in_at,
       r.check_out_at, r.status, r.worked_minutes, r.break_minutes, r.late_minutes, r.early_leave_minutes,
       r.overtime_minutes, r.source, r.corrected
     from attendance_records as r
     join users as u on u.id = r.user_id
     left join user_profiles as p on p.user_id = r.user_id
     where ${FILTER} and ${bound}
     order by r.work_date, r.user_id, r.id limit $6`,
    [
      ...valuesOf(filter),
      limit,
      ...(after === null ? [filter.from ?? EARLIEST] : [after.workDate, after.userId, after.id]),
    ],
  );
  return rows.map(({ id, ...record }) => ({ attendance_id: id, ...record }));
}

type ExportedRow = Omit<ExportedRecord, 'attendance_id'> & { readonly id: string };
