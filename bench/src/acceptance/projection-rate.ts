import pg from 'pg';
import type { ServiceProcess } from '@rollcall/testkit/rollcall';
import { waitUntil } from '@rollcall/testkit/rollcall';

/**
 * Events a second of a projector that starts behind: from its first step to the end of the log.
 * @param start starts the projector
 */
export async function measureProjectionRate(
  ownerUrl: string,
  organizationId: string,
  start: () => ServiceProcess,
): Promise<{ events: number; eventsPerSecond: number }> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const ask = async (sql: string): Promise<number> => {
    const { rows } = await client.query<{ value: number }>(sql, [organizationId]);
    return rows[0]?.value ?? 0;
  };
  const behind = `select count(*)::integer as value from events as e where e.organization_id = $1 and (e.epoch, e.xid, e.position) >
    coalesce((select (c.epoch, c.xid, c.position) from projection_checkpoints as c where c.organization_id = $1
      order by c.epoch, c.xid, c.position limit 1), (0::smallint, '0'::xid8, 0::bigint))`;
  try {
    const before = await ask(behind);
    const projector = start();
    let events = before;
    await waitUntil('the projector has begun', async () => {
      events = await ask(behind);
      return events < before;
    });
    const startedAt = performance.now();
    await waitUntil('the projector is at the end', async () => (await ask(behind)) === 0, { limitMs: 600_000 });
    const seconds = (performance.now() - startedAt) / 1_000;
    await projector.stop();
    return { events, eventsPerSecond: events / seconds };
  } finally {
    await client.end();
  }
}
