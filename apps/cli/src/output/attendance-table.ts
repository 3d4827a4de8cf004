import type { AttendanceOut } from '@rollcall/contracts';
import { formatClock } from './format-time.js';
import { formatTable } from './format-table.js';

/** Records as a table, by work date and name; times of day in `timeZone`. */
export function attendanceTable(records: readonly AttendanceOut[], timeZone: string): string {
  const inOrder = [...records].sort(
    (a, b) => a.work_date.localeCompare(b.work_date) || a.full_name.localeCompare(b.full_name),
  );
  const rows = inOrder.map((record) => [
    record.work_date,
    record.full_name,
    record.employee_code ?? '',
    formatClock(record.check_in_at, timeZone),
    formatClock(record.check_out_at, timeZone) || '–',
    formatDuration(record.worked_minutes),
    record.status,
    String(record.evidence.length),
  ]);
  return formatTable(['DATE', 'NAME', 'CODE', 'IN', 'OUT', 'WORKED', 'STATUS', 'EVIDENCE'], rows);
}

/** 485 → `8:05` */
function formatDuration(minutes: number): string {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}
