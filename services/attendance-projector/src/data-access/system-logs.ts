import type { ClientBase } from '@rollcall/postgres';
import type { JsonObject } from '../domain/canonical-json.js';

export interface SystemLogEntry {
  readonly level: 'warn' | 'error' | 'fatal';
  readonly code: string;
  readonly message: string;
  readonly context: JsonObject;
}

export async function insertSystemLog(client: Pick<ClientBase, 'query'>, entry: SystemLogEntry): Promise<void> {
  await client.query(
    `insert into system_logs (level, service, code, message, context) values ($1, 'attendance-projector', $2, $3, $4)`,
    [entry.level, entry.code, entry.message, JSON.stringify(entry.context)],
  );
}
