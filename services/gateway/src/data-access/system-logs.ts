import type { SystemLogOut } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';

export interface SystemLogFilter {
  readonly levels: readonly string[] | null;
  readonly services: readonly string[] | null;
  readonly from: string | null;
  readonly to: string | null;
  /** Id of the last line of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

interface SystemLogRow {
  readonly id: string;
  readonly level: SystemLogOut['level'];
  readonly service: string;
  readonly code: string;
  readonly message: string;
  readonly context: Record<string, unknown>;
  readonly occurred_at: Date;
  readonly of_installation: boolean;
  readonly repeats: number;
  readonly worker_id: string | null;
}

/** Lines of the transaction's organization and of the installation, newest first. */
export async function listSystemLogs(client: ClientBase, filter: SystemLogFilter): Promise<SystemLogOut[]> {
  const { rows } = await client.query<SystemLogRow>({
    name: 'list-system-logs',
    text: 'select * from list_system_logs($1::text[], $2::text[], $3::timestamptz, $4::timestamptz, $5::bigint, $6::integer)',
    values: [filter.levels, filter.services, filter.from, filter.to, filter.before, filter.limit],
  });
  return rows.map((row) => ({
    log_id: Number(row.id),
    level: row.level,
    service: row.service,
    code: row.code,
    message: row.message,
    scope: row.of_installation ? 'installation' : 'organization',
    context: row.context,
    repeats: row.repeats,
    worker_id: row.worker_id,
    occurred_at: row.occurred_at.toISOString(),
  }));
}
