import type { Pool } from '@rollcall/postgres';
import type { LoadFigures } from '../load/load-figures.js';
import { finding, type Finding } from './finding.js';

/** Each answers a row for everything that stands there more often than it happened. */
const DOUBLES: Readonly<Record<string, string>> = {
  'end of a frame': `select subject as what, count(*) from events
    where type in ('recognition.completed', 'recognition.failed', 'recognition.expired') group by 1 having count(*) > 1`,
  'arrival of a frame': `select subject as what, count(*) from events where type = 'recognition.requested'
    group by 1 having count(*) > 1`,
  'event id': 'select id::text as what, count(*) from events group by 1 having count(*) > 1',
  'derived event': `select type || ' of ' || subject as what, count(*) from events where causation_id is not null
    group by causation_id, type, subject, payload having count(*) > 1`,
  sighting: `select recognized_face_id::text as what, count(*) from attendance_logs where recognized_face_id is not null
    group by 1 having count(*) > 1`,
  record: `select user_id || ' ' || work_date as what, count(*) from attendance_records
    group by user_id, work_date, shift_id having count(*) > 1`,
  notification: `select type || ' of ' || event_id as what, count(*) from notifications
    group by event_id, type, subject, user_id, role_id having count(*) > 1`,
  'line of the trail': `select action || ' of ' || event_id as what, count(*) from audit_logs
    group by event_id, action, subject having count(*) > 1`,
};

/** Whatever is in the database twice, and frames that are there without anybody having been told. */
export async function findDoubles(looking: Pool, figures: Pick<LoadFigures, 'accepted' | 'forked'>): Promise<Finding> {
  const doubled = [...figures.forked.splice(0).map((keys) => `one key, two frames: ${keys}`)];
  for (const [name, sql] of Object.entries(DOUBLES)) {
    const { rows } = await looking.query<{ what: string; count: string }>(`${sql} limit 5`);
    doubled.push(...rows.map(({ what, count }) => `${name} ${what}: ${count} times`));
  }
  // Every frame was sent until it was answered: one that nobody was told of is the second of some key.
  const { rows } = await looking.query<{ id: string }>(
    'select id from recognition_requests where id <> all ($1) limit 5',
    [[...figures.accepted.keys()]],
  );
  doubled.push(...rows.map(({ id }) => `frame ${id} is in the database, and no client was told of it`));
  return finding('', { doubled });
}
