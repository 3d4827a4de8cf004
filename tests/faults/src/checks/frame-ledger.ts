import type { Pool } from '@rollcall/postgres';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AllowedFailures } from '../faults/fault.js';
import type { LoadFigures } from '../load/load-figures.js';
import { finding, type Finding } from './finding.js';

const LIMIT_MS = 180_000;
const EVERY_MS = 200;

/** Of the frames clients were told of: what stands in the database. */
interface Ledger {
  readonly missing: string[];
  readonly undecided: string[];
  readonly untold: string[];
  readonly unprojected: string[];
  /** By reason; an expired frame has the reason EXPIRED. */
  readonly failures: { readonly reason: string; readonly count: number }[];
  readonly decided: number;
  readonly sightings: number;
}

const LEDGER = `
  with accepted as (select unnest($1::uuid[]) as id),
  frames as (
    select a.id, r.id is null as missing, r.status, r.reason,
           (select count(*) from events e where e.subject = 'recognitions/' || a.id
              and e.type in ('recognition.completed', 'recognition.failed', 'recognition.expired')) as ends
    from accepted a left join recognition_requests r on r.id = a.id
  ),
  matches as (
    select f.recognition_id, l.id is not null as projected
    from recognized_faces f join accepted a on a.id = f.recognition_id
    left join attendance_logs l on l.recognized_face_id = f.id
    where f.decision = 'match'
  )
  select coalesce((select array_agg(id) from frames where missing), '{}') as missing,
         coalesce((select array_agg(id) from frames where status in ('queued', 'processing')), '{}') as undecided,
         coalesce((select array_agg(id) from frames
                   where status in ('completed', 'failed', 'expired') and ends = 0), '{}') as untold,
         coalesce((select array_agg(distinct recognition_id) from matches where not projected), '{}') as unprojected,
         coalesce((select json_agg(json_build_object('reason', reason, 'count', n) order by reason) from
                   (select coalesce(reason, 'without a reason') as reason, count(*) as n from frames
                    where status in ('failed', 'expired') group by 1) f), '[]') as failures,
         (select count(*)::int from frames where status in ('completed', 'failed', 'expired')) as decided,
         (select count(*)::int from matches where projected) as sightings`;

export interface SettledLedger extends Finding {
  /** From the end of the load until accepted = decided = projected, seconds. */
  readonly quietAfterSeconds: number;
}

/**
 * Waits until every frame that was accepted since the last check is decided, told and projected; what is not by then is lost.
 * A frame that ended as failed or expired without being `allowed` to is wrong: it was decided, but nobody was recognized.
 */
export async function settleLedger(
  looking: Pool,
  figures: Pick<LoadFigures, 'accepted'>,
  since: number,
  allowed: AllowedFailures = {},
  limitMs = LIMIT_MS,
): Promise<SettledLedger> {
  const ids = [...figures.accepted.keys()].slice(since);
  const startedAt = performance.now();
  for (;;) {
    const ledger = (await looking.query<Ledger>(LEDGER, [ids])).rows[0];
    if (ledger === undefined) throw new Error('the ledger has no row');
    const lost = [
      ...ledger.missing.map((id) => `frame ${id} was accepted and is in no table`),
      ...ledger.undecided.map((id) => `frame ${id} was accepted and is not decided`),
      ...ledger.untold.map((id) => `frame ${id} was decided, and no event tells of it`),
      ...ledger.unprojected.map((id) => `frame ${id} was matched, and there is no sighting`),
    ];
    const seconds = (performance.now() - startedAt) / 1000;
    const isOver = seconds * 1000 > limitMs || ledger.missing.length > 0;
    if (lost.length > 0 && !isOver) {
      await sleep(EVERY_MS);
      continue;
    }
    const why = ledger.failures.map(({ reason, count }) => `${count} ${reason}`).join(', ');
    const text =
      `accepted ${ids.length}, decided ${ledger.decided}${why === '' ? '' : ` (failed: ${why})`}, ` +
      `sightings ${ledger.sightings}, quiet after ${seconds.toFixed(1)} s`;
    const wrong = ledger.failures.flatMap(({ reason, count }) => {
      const most = allowed[reason] ?? 0;
      return count <= most ? [] : [`${count} frames failed as ${reason}, allowed are ${most}`];
    });
    return { ...finding(text, { lost, wrong }), quietAfterSeconds: seconds };
  }
}
