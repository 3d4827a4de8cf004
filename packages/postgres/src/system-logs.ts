import type { SystemLogLine } from '@rollcall/service-kit';
import type { ClientBase } from 'pg';

/** Writes lines of the system log; what is too long is cut there. */
export async function writeSystemLogs(
  client: Pick<ClientBase, 'query'>,
  workerId: string,
  lines: readonly SystemLogLine[],
): Promise<void> {
  const rows = lines.map((line) => ({ ...line, worker_id: workerId }));
  await client.query('select write_system_logs($1::jsonb)', [JSON.stringify(rows)]);
}

/** Settings of the one connection the system log has: it waits for nobody, and nobody waits for it. */
export const systemLogPool = {
  max: 1,
  settings: { statement_timeout: '5s', lock_timeout: '2s' },
  queryTimeoutMs: 7_000,
} as const;
