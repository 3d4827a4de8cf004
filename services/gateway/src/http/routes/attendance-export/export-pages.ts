import { setImmediate as turn } from 'node:timers/promises';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError } from '@rollcall/service-kit';
import { loadExportPage, type ExportFilter, type ExportPlace } from '../../../data-access/exported-attendance.js';
import { toCells, type Cell, type ExportedRecord } from '../../../domain/attendance-export/export-columns.js';

/** Rows read at once: few enough that nobody else waits long for the event loop. */
const PAGE_ROWS = 1_000;

export interface ExportPagesPorts {
  readonly pool: Pool;
  readonly isStopping: () => boolean;
  /** Asked before each page: a slow download outlives a token or a role. */
  readonly checkAccess: () => Promise<unknown>;
  readonly pageRows?: number;
}

/**
 * The rows of an export, page by page as they are asked for. Each page is a short transaction of its own: one over the
 * whole of a slow download would keep the database from cleaning up, and be ended by its time limit. A record that is
 * there all the time comes exactly once, as it was when its page was read.
 *
 * @throws SERVICE_UNAVAILABLE when the gateway is stopping; what `checkAccess` and the database throw.
 */
export async function* exportPages(
  { pool, isStopping, checkAccess, pageRows = PAGE_ROWS }: ExportPagesPorts,
  filter: ExportFilter,
  localTime: (instant: Date) => string,
  signal: AbortSignal,
): AsyncGenerator<Cell[][]> {
  let after: ExportPlace | null = null;
  for (;;) {
    signal.throwIfAborted();
    if (isStopping()) throw new AppError('SERVICE_UNAVAILABLE');
    await checkAccess();
    const place: ExportPlace | null = after;
    const page: ExportedRecord[] = await withOrganization(pool, filter.organizationId, (client) =>
      loadExportPage(client, filter, place, pageRows),
    );
    const last = page.at(-1);
    if (last === undefined) return;
    yield page.map((record) => toCells(record, localTime));
    if (page.length < pageRows) return;
    after = { workDate: last.work_date, userId: last.user_id, id: last.attendance_id };
    // Others get their turn also when the receiver takes everything at once.
    await turn();
  }
}
