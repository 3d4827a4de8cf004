import { withOrganization } from '@rollcall/postgres';
import { median } from '../statistics.js';
import type { FilledLog } from './fill-log.js';

const PAGE = 200;
const WARM_UP = 30;

/** Where in the log a page is read. */
export type Place = 'head' | 'middle' | 'tail' | 'end';

interface Key {
  readonly epoch: number;
  readonly xid: string;
  readonly position: string;
}

/** Medians of the time a page takes, ms, by place: of the small log and of the large one. */
export interface PageTimes {
  readonly place: Place;
  readonly small: number;
  readonly large: number;
}

/**
 * Reads pages of 200 events as the feed does: as the gateway's role, in a transaction with the organization's scope. The
 * logs take turns, so that whatever else the machine does meets both.
 */
export async function measurePages(small: FilledLog, large: FilledLog, rounds: number): Promise<PageTimes[]> {
  const results: PageTimes[] = [];
  for (const place of ['head', 'middle', 'tail', 'end'] as const) {
    const logs = await Promise.all(
      [small, large].map(async (log) => ({ log, after: await keyOf(log, place), times: [] as number[] })),
    );
    for (let round = -WARM_UP; round < rounds; round += 1) {
      for (const { log, after, times } of round % 2 === 0 ? logs : logs.toReversed()) {
        const startedAt = performance.now();
        const count = await readPage(log, after);
        if (round >= 0) times.push(performance.now() - startedAt);
        if (count !== (place === 'end' ? 0 : PAGE)) throw new Error(`${String(count)} events at the ${place}`);
      }
    }
    const [first = [], second = []] = logs.map(({ times }) => times);
    results.push({ place, small: median(first), large: median(second) });
  }
  return results;
}

async function readPage({ database, organizationId }: FilledLog, after: Key): Promise<number> {
  const { rows } = await withOrganization(database.gateway, organizationId, (client) =>
    client.query({
      name: 'read_events',
      text: 'select * from read_events($1, $2::smallint, $3::text::xid8, $4, $5, $6)',
      values: [organizationId, after.epoch, after.xid, after.position, PAGE, null],
    }),
  );
  return rows.length - 1;
}

/** The key before a page. The end has none: whoever waits there asks in vain. */
async function keyOf({ database, events }: FilledLog, place: Place): Promise<Key> {
  if (place === 'head') return { epoch: 0, xid: '0', position: '0' };
  const key = 'select epoch, xid::text, position::text from events';
  const back = place === 'tail' ? PAGE : 0;
  const sql =
    place === 'middle'
      ? `${key} where position = ${String(Math.floor(events / 2))}`
      : `${key} order by events.epoch desc, events.xid desc, events.position desc offset ${String(back)} limit 1`;
  const client = await database.owner.connect();
  try {
    await client.query('set statement_timeout = 0');
    const { rows } = await client.query<Key>(sql);
    if (rows[0] === undefined) throw new Error(`there is no event at the ${place}`);
    return rows[0];
  } finally {
    client.release(true);
  }
}
