import type { ProjectionLag } from '../data-access/events.js';
import type { ScheduledJobs } from '../data-access/scheduled-jobs.js';
import type { JsonObject } from '@rollcall/audit-trail';

/** What the projector has done since its start. */
export interface ProjectorFigures {
  countBatch(events: number): void;
  countSkipped(events: number): void;
  read(): JsonObject;
}

export function createProjectorFigures(): ProjectorFigures {
  const counts = { batches: 0, events_projected: 0, events_skipped: 0 };
  return {
    countBatch(events) {
      counts.batches += 1;
      counts.events_projected += events;
    },
    countSkipped(events) {
      counts.events_skipped += events;
    },
    read: () => ({ ...counts }),
  };
}

/** The lag in the words of the heartbeat; seconds are 0 when nothing waits. */
export function lagFigures(lag: ProjectionLag, now: Date): JsonObject {
  const { oldestRecordedAt } = lag;
  const seconds = oldestRecordedAt === null ? 0 : (now.getTime() - oldestRecordedAt.getTime()) / 1000;
  return {
    organizations_behind: lag.organizationsBehind,
    organizations_stopped: lag.organizationsStopped,
    lag_events: lag.eventsBehind,
    lag_seconds: Math.max(0, Math.round(seconds * 1000) / 1000),
  };
}

/** The jobs due by the clock; nothing is told while they cannot be counted. */
export function jobFigures(jobs: ScheduledJobs | undefined): JsonObject {
  if (jobs === undefined) return {};
  return { jobs_waiting: jobs.waiting, jobs_failed: jobs.failed, jobs_oldest_due_seconds: jobs.oldestDueSeconds };
}
