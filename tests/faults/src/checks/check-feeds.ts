import type { Pool } from '@rollcall/postgres';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedReader } from '../load/feed-reader.js';
import { compareFeed } from './compare-feed.js';
import { finding, type Finding } from './finding.js';

const LIMIT_MS = 60_000;
const EVERY_MS = 200;

/** Compares what readers have seen with the log; goes on where it was, so that a round costs what is new in it. */
export function createFeedCheck(
  looking: Pool,
  organizationId: string,
  readers: readonly Pick<FeedReader, 'name' | 'seen'>[],
  limitMs = LIMIT_MS,
) {
  /** All ids of the log as far as it was read, in its order. */
  const log: string[] = [];
  let last: readonly [number, string, string] = [0, '0', '0'];

  /** Only what can get no predecessor any more: an earlier transaction may commit later. */
  async function readOn(): Promise<void> {
    const { rows } = await looking.query<{ id: string; epoch: number; xid: string; position: string }>(
      `select e.id, e.epoch, e.xid::text, e.position::text from events e
       where e.organization_id = $1 and (e.epoch, e.xid, e.position) > ($2::smallint, $3::text::xid8, $4::bigint)
         and e.xid < pg_snapshot_xmin(pg_current_snapshot())
       order by e.epoch, e.xid, e.position`,
      [organizationId, ...last],
    );
    log.push(...rows.map(({ id }) => id));
    const end = rows.at(-1);
    if (end !== undefined) last = [end.epoch, end.xid, end.position];
  }

  /** How many of the first events a reader has seen, each once and in order. */
  const agreed = new Map<string, number>();

  function compare({ name, seen }: Pick<FeedReader, 'name' | 'seen'>): { lost: string[]; doubled: string[] } {
    const { agreed: place, verdict } = compareFeed(log, seen, agreed.get(name));
    agreed.set(name, place);
    if (verdict === 'complete') return { lost: [], doubled: [] };
    const what = `reader by ${name} ${verdict}: event ${place + 1} is ${log[place] ?? 'none'}, it has ${seen[place] ?? 'nothing'} (${seen.length} of ${log.length})`;
    return verdict === 'twice' ? { lost: [], doubled: [what] } : { lost: [what], doubled: [] };
  }

  return async function checkFeeds(): Promise<Finding> {
    const startedAt = performance.now();
    for (;;) {
      await readOn();
      const results = readers.map(compare);
      const [lost, doubled] = [results.flatMap((result) => result.lost), results.flatMap((result) => result.doubled)];
      if (lost.length === 0 || performance.now() - startedAt > limitMs) {
        const counts = readers.map(({ seen }) => seen.length).join(' and ');
        return finding(`readers ${counts} of ${log.length} events`, { lost, doubled });
      }
      await sleep(EVERY_MS);
    }
  };
}
