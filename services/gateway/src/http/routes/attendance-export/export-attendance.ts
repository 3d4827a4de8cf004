import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exportContentTypes, operations, type AttendanceExportQuery } from '@rollcall/contracts';
import { newEvent } from '@rollcall/event-log';
import { withOrganization, type Pool } from '@rollcall/postgres';
import { AppError, type Clock } from '@rollcall/service-kit';
import { appendAudited } from '../../../data-access/audited-event.js';
import { countExportedAttendance, type ExportFilter } from '../../../data-access/exported-attendance.js';
import { isKnownPerson } from '../../../data-access/known-people.js';
import { loadUserInfo } from '../../../data-access/users.js';
import type { Cell } from '../../../domain/attendance-export/export-columns.js';
import { createLocalTime } from '../../../domain/attendance-export/local-time.js';
import { writeCsv } from '../../../domain/attendance-export/write-csv.js';
import { writeXlsx } from '../../../domain/attendance-export/write-xlsx.js';
import { auditContext } from '../../audit-context.js';
import type { Call } from '../../call.js';
import type { StreamReply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { exportPages } from './export-pages.js';

export interface ExportAttendancePorts {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly isStopping: () => boolean;
  /** Rows read at once; only tests set it. */
  readonly pageRows?: number;
}

type ExportCall = Call<typeof operations.exportAttendance>;

/** Records as a file. That they are taken out is in the trail before the first of them leaves. */
export function exportAttendanceRoute(ports: ExportAttendancePorts): Route {
  return defineRoute(operations.exportAttendance, async (call) => {
    const filter = toFilter(call);
    const timezone = await writeDown(ports, call, filter);
    const { checkAccess } = call;
    const pages = exportPages({ ...ports, checkAccess }, filter, createLocalTime(timezone), call.signal);
    return fileReply(call, pages);
  });
}

function toFilter({ principal, query }: ExportCall): ExportFilter {
  return {
    organizationId: principal.organizationId,
    userId: query.user_id?.toLowerCase() ?? null,
    department: query.department ?? null,
    status: query.status ?? null,
    from: query.from ?? null,
    to: query.to ?? null,
  };
}

/** Puts the export into the trail; answers the organization's time zone. */
async function writeDown({ pool, clock }: ExportAttendancePorts, call: ExportCall, filter: ExportFilter) {
  const { organizationId, actor, userId } = call.principal;
  const { format, from, to, status } = call.query;
  return withOrganization(pool, organizationId, async (client) => {
    const caller = await loadUserInfo(client, userId);
    if (filter.userId !== null && !(await isKnownPerson(client, filter.userId))) {
      throw new AppError('USER_NOT_FOUND');
    }
    const rowCount = await countExportedAttendance(client, filter);
    const event = newEvent<'attendance.exported'>({
      type: 'attendance.exported',
      organizationId,
      subject: `organizations/${organizationId}`,
      actor,
      correlationId: call.correlationId,
      payload: {
        format,
        row_count: rowCount,
        from: from ?? null,
        to: to ?? null,
        status: status ?? null,
        user_id: filter.userId,
      },
      occurredAt: clock.now(),
    });
    await appendAudited(client, event, { ...auditContext(call), filter: { ...call.query }, row_count: rowCount });
    return caller?.organization.timezone ?? 'UTC';
  });
}

function fileReply({ query, signal }: ExportCall, pages: AsyncGenerator<Cell[][]>): StreamReply {
  const { format, bom = true } = query;
  return {
    kind: 'stream',
    contentType:
      format === 'csv' ? `${exportContentTypes.csv}; charset=utf-8; header=present` : exportContentTypes.xlsx,
    headers: {
      'Content-Disposition': `attachment; filename="${fileName(query)}"`,
      'Cache-Control': 'private, no-store',
    },
    write: async (response: Writable) => {
      try {
        await pipeline(toStream(format, pages, bom), response);
      } catch (error) {
        if (!hasLeft(error, signal)) throw error;
      }
    },
    release: () => void pages.return(undefined),
  };
}

/** A receiver who goes away in the middle is no failure. One of ours closes the connection too, but tells why. */
function hasLeft(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return error === signal.reason || (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function toStream(format: AttendanceExportQuery['format'], pages: AsyncGenerator<Cell[][]>, bom: boolean): Readable {
  if (format === 'csv') return Readable.from(writeCsv(pages, { bom }), { objectMode: false });
  return Readable.fromWeb(writeXlsx(pages));
}

function fileName({ format, from, to }: AttendanceExportQuery): string {
  return `${['attendance', from, to].filter((part) => part !== undefined).join('_')}.${format}`;
}
