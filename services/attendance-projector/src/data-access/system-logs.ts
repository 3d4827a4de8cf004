import type { ClientBase } from '@rollcall/postgres';
import type { JsonObject } from '@rollcall/audit-trail';

export interface SystemLogEntry {
  readonly level: 'warn' | 'error' | 'fatal';
  readonly organizationId: string;
  readonly code: string;
  readonly message: string;
  readonly context: JsonObject;
}

/** A line that must be there: written in the transaction of what it tells, not when the log comes to it. */
export async function insertSystemLog(client: Pick<ClientBase, 'query'>, entry: SystemLogEntry): Promise<void> {
  const { organizationId, ...line } = entry;
  const lines = [{ ...line, organization_id: organizationId, service: 'attendance-projector' }];
  await client.query('select write_system_logs($1::jsonb)', [JSON.stringify(lines)]);
}

/** Deletes lines older than so many days, `limit` at most; answers how many. */
export async function deleteOldSystemLogs(
  client: Pick<ClientBase, 'query'>,
  olderThanDays: number,
  limit: number,
): Promise<number> {
  const { rowCount } = await client.query(
    `delete from system_logs where id in (
       select id from system_logs where occurred_at < now() - $1 * interval '1 day' order by occurred_at limit $2)`,
    [olderThanDays, limit],
  );
  return rowCount ?? 0;
}

/** Deletes the oldest lines beyond so many, `limit` at most; answers how many. */
export async function deleteSystemLogsBeyond(
  client: Pick<ClientBase, 'query'>,
  most: number,
  limit: number,
): Promise<number> {
  const { rowCount } = await client.query(
    `delete from system_logs where id in (
       select id from system_logs
       where id <= (select id from system_logs order by id desc offset $1 limit 1) order by id limit $2)`,
    [most, limit],
  );
  return rowCount ?? 0;
}
