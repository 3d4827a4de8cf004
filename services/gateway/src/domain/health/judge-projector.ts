import type { SystemHealthOut } from '@rollcall/contracts';
import type { HealthFigures, ProcessRow } from './health-figures.js';
import { countAlive, countIn, describeProcess, numberIn, textIn } from './process-figures.js';
import { verdict } from './verdict.js';

type Parts = SystemHealthOut['parts'];

const SLOW_LAG_SECONDS = 30;
const STUCK_LAG_SECONDS = 300;
/** Every scheduled task is due within the hour and takes seconds. */
const LATE_JOB_SECONDS = 600;

export function judgeProjector(figures: HealthFigures, rows: readonly ProcessRow[]): Parts['projector'] {
  const count = countAlive(rows);
  const alive = rows.filter((row) => row.alive);
  // Each measures the whole log: the last measured is as good as another.
  const lag = (name: string) => alive.map((row) => numberIn(row, name)).find((value) => value !== null) ?? null;
  const seconds = lag('lag_seconds') ?? 0;
  const stop = figures.projections.map(({ stopped }) => stopped).find((stopped) => stopped !== null);
  const behind = `events of ${String(Math.round(seconds))} s are not in the records yet`;
  return {
    ...verdict([
      ['failed', count.alive === 0, 'none is alive: records stand still'],
      ['failed', seconds > STUCK_LAG_SECONDS, behind],
      [
        'failed',
        stop !== undefined,
        `records stand still before the event ${stop?.event_id ?? ''}: mend its cause or skip it`,
      ],
      ['degraded', seconds > SLOW_LAG_SECONDS, behind],
      ['degraded', count.silent > 0, `${String(count.silent)} fell silent`],
    ]),
    figures: {
      ...count,
      lag_seconds: lag('lag_seconds'),
      lag_events: lag('lag_events'),
      organizations_behind: lag('organizations_behind'),
      events_skipped: rows.reduce((sum, row) => sum + (countIn(row, 'events_skipped') ?? 0), 0),
      projections: [...figures.projections],
      processes: rows.map((row) => ({ ...describeProcess(row), doorbell: textIn(row, 'doorbell') })),
    },
  };
}

export function judgeJobs(projectors: readonly ProcessRow[]): Parts['scheduled_jobs'] {
  const row = projectors.find(({ alive, figures }) => alive && typeof figures['jobs_waiting'] === 'number');
  const failed = row === undefined ? null : countIn(row, 'jobs_failed');
  const oldest = row === undefined ? null : numberIn(row, 'jobs_oldest_due_seconds');
  return {
    ...verdict([
      ['failed', row === undefined, 'no projector runs them'],
      ['degraded', (failed ?? 0) > 0, `${String(failed)} have failed for good`],
      ['degraded', (oldest ?? 0) > LATE_JOB_SECONDS, 'a task is overdue'],
    ]),
    figures: {
      waiting: row === undefined ? null : countIn(row, 'jobs_waiting'),
      failed,
      oldest_due_seconds: oldest,
    },
  };
}
