import { checkedFetch, waitUntil } from '@rollcall/testkit/rollcall';
import type { Stage } from './open-stage.js';

/** Every process runs and says so; the gateway answers that it is ready. */
export async function waitUntilUp({ slots, looking, rollcall }: Stage): Promise<void> {
  await waitUntil('every process has a heartbeat and the gateway is ready', async () => {
    const pids = slots.map(({ pid }) => pid);
    const { rows } = await looking.query<{ count: number }>(
      `select count(distinct pid)::int from worker_heartbeats
       where pid = any ($1) and beat_at > clock_timestamp() - interval '6 seconds'`,
      [pids],
    );
    return rows[0]?.count === pids.length && (await isReady(rollcall.url));
  });
}

async function isReady(url: string): Promise<boolean> {
  return (await checkedFetch(`${url}/readyz`)).status === 200;
}
