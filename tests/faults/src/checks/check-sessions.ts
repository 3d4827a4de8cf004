import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '../stage/open-stage.js';
import { findTooMany } from './connection-limits.js';
import { finding, type Finding } from './finding.js';

/** Longer than the server lets a transaction sit idle (15 s). */
const LIMIT_MS = 25_000;
const EVERY_MS = 250;
/** A transaction that has run so long in a system at rest is one somebody forgot. */
const FORGOTTEN = '2 seconds';

/**
 * No transaction is left open; every session of the server belongs to a connection of a living process, since one that
 * nobody holds the other end of any more has leaked; and no process holds more connections than its pools have room for.
 */
export async function checkSessions({
  looking,
  routes,
  slots,
}: Pick<Stage, 'looking' | 'routes' | 'slots'>): Promise<Finding> {
  const startedAt = performance.now();
  for (;;) {
    const { rows } = await looking.query<{ sessions: number; open: string[] }>(
      `select count(*)::int as sessions,
              coalesce(array_agg(application_name || ': ' || state || ', ' || left(query, 60))
                filter (where state like 'idle in transaction%' or xact_start < clock_timestamp() - $1::interval), '{}') as open
       from pg_stat_activity
       where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
      [FORGOTTEN],
    );
    const { sessions = 0, open = [] } = rows[0] ?? {};
    const held = routes.liveCount();
    const wrong = open.map((session) => `open transaction: ${session}`);
    if (sessions !== held) wrong.push(`${sessions} sessions, but services hold ${held} connections`);
    wrong.push(...findTooMany(routes.held(), slots));
    if (wrong.length === 0 || performance.now() - startedAt > LIMIT_MS)
      return finding(`sessions ${sessions}`, { wrong });
    await sleep(EVERY_MS);
  }
}
