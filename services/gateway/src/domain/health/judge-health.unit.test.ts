import { describe, expect, it } from 'vitest';
import type { HealthFigures, LocalHealth, ProcessRow, QueueRow } from './health-figures.js';
import { judgeHealth } from './judge-health.js';

const id = '0198c0de-7a11-7c00-8000-000000000001';
const row = (kind: ProcessRow['kind'], given: Partial<ProcessRow> = {}): ProcessRow => ({
  ...{ worker_id: id, kind, started_at: '2025-03-03T08:00:00Z', silent_seconds: 1, alive: true, gallery_version: null },
  figures: {
    memory_bytes: 1,
    model_id: 'm',
    jobs_waiting: 0,
    jobs_failed: 0,
    jobs_oldest_due_seconds: 0,
    lag_seconds: 0,
  },
  ...given,
});
const quiet: QueueRow = {
  ...{ queued: 0, processing: 0, oldest_seconds: null },
  ...{ installation_queued: 0, installation_processing: 0, installation_oldest_seconds: null },
};
const healthy: HealthFigures = {
  database: { version: '18.4', connections: 10, max_connections: 100, size_bytes: 1 },
  oldest_transaction: null,
  event_log_stall: null,
  models: [{ model_id: 'm', dimension: 512, synthetic: false }],
  processes: [row('gateway'), row('face-worker'), row('attendance-projector')],
  galleries: [],
  queue: { recognition: quiet, registration: quiet },
  projections: [],
  notifications: { last_24_hours: 0, critical_last_24_hours: 0, newest_at: null },
  event_feed: { epoch: 1, last_event_at: null, unreadable: 0, oldest_unreadable_seconds: null },
  ledger_gap: { undecided_seconds: 0, unprojected_seconds: 0 },
  object_deletions: { waiting: 0, failing: 0, oldest_seconds: null },
  system_log: { warnings_last_hour: 3, errors_last_hour: 2, fatal_last_hour: 0 },
};
const local: LocalHealth = {
  pool: { connections: 1, waiting: 0 },
  storage: { writable: true, full: false, freeBytes: 10 * 1024 ** 3, totalBytes: 20 * 1024 ** 3 },
};
const transaction = (age_seconds: number | null, holds_feed = true) => ({
  oldest_transaction: { pid: 7, application: 'psql', age_seconds, holds_feed },
});
const waited = (seconds: number) => ({
  queue: { recognition: quiet, registration: { ...quiet, installation_oldest_seconds: seconds } },
});
const replaced = (kind: ProcessRow['kind'], ...rows: ProcessRow[]) => ({
  processes: [...healthy.processes.filter((known) => known.kind !== kind), ...rows],
});
const told = (figures: Record<string, unknown>) =>
  replaced(
    'attendance-projector',
    row('attendance-projector', { figures: { ...healthy.processes[2]?.figures, ...figures } }),
  );

describe('judgeHealth', () => {
  it('finds nothing wrong where nothing is', () => {
    const { state, parts } = judgeHealth(healthy, local);
    expect(state).toBe('ok');
    expect(Object.values(parts).filter(({ message }) => message !== undefined)).toEqual([]);
  });

  it.each<[string, Partial<HealthFigures>, string, string]>([
    ['a long transaction', transaction(31), 'database', 'degraded'],
    ['one that has held the feed for minutes', transaction(301), 'database', 'failed'],
    ['a reading one of minutes', transaction(301, false), 'database', 'degraded'],
    ['one whose age is not to be seen', transaction(null), 'database', 'ok'],
    ['too many connections', { database: { ...healthy.database, connections: 95 } }, 'database', 'degraded'],
    [
      'objects that cannot be deleted',
      { object_deletions: { waiting: 20, failing: 10, oldest_seconds: 9 } },
      'storage',
      'degraded',
    ],
    ['no model', { models: [] }, 'models', 'failed'],
    [
      'made up embeddings',
      replaced('face-worker', row('face-worker', { figures: { synthetic: true } })),
      'models',
      'degraded',
    ],
    ['no worker', replaced('face-worker'), 'face_workers', 'failed'],
    [
      'a silent worker beside another',
      replaced('face-worker', row('face-worker'), row('face-worker', { alive: false })),
      'face_workers',
      'degraded',
    ],
    ['silent workers alone', replaced('face-worker', row('face-worker', { alive: false })), 'face_workers', 'failed'],
    ['a silent gateway', replaced('gateway', row('gateway', { alive: false })), 'gateways', 'degraded'],
    ['a frame that waits', waited(61), 'queue', 'degraded'],
    ['one that waits a quarter of an hour', waited(901), 'queue', 'failed'],
    ['no projector', replaced('attendance-projector'), 'projector', 'failed'],
    ['no projector', replaced('attendance-projector'), 'scheduled_jobs', 'failed'],
    ['lag', told({ lag_seconds: 31 }), 'projector', 'degraded'],
    ['much lag', told({ lag_seconds: 301 }), 'projector', 'failed'],
    ['a failed job', told({ jobs_failed: 1 }), 'scheduled_jobs', 'degraded'],
    ['an overdue job', told({ jobs_oldest_due_seconds: 601 }), 'scheduled_jobs', 'degraded'],
    [
      'events that wait',
      {
        event_log_stall: {
          seconds: 31,
          transaction: { pid: 7, application: 'psql', since: null, statement: 'idle' },
        },
      },
      'event_feed',
      'degraded',
    ],
    ['a fatal line', { system_log: { ...healthy.system_log, fatal_last_hour: 1 } }, 'system_log', 'degraded'],
  ])('%s', (_what, given, part, state) => {
    const { state: whole, parts } = judgeHealth({ ...healthy, ...given }, local);
    expect(parts[part as keyof typeof parts].state).toBe(state);
    // The worst part decides: it is never better than this one.
    if (state !== 'ok') expect(whole === state || whole === 'failed').toBe(true);
  });

  it.each<[string, LocalHealth['storage'], string]>([
    ['not to be written', undefined, 'failed'],
    ['full', { writable: false, full: true, freeBytes: 0, totalBytes: 1 }, 'failed'],
    ['nearly full', { writable: true, full: false, freeBytes: 1024 ** 3 - 1, totalBytes: 1 }, 'degraded'],
  ])('a storage that is %s', (_what, storage, state) => {
    expect(judgeHealth(healthy, { ...local, storage }).parts.storage.state).toBe(state);
  });

  it('knows of the storage alone when the database does not answer', () => {
    const { state, parts } = judgeHealth(undefined, local);
    expect(state).toBe('failed');
    expect(parts.storage.state).toBe('ok');
    expect(parts.queue).toMatchObject({ state: 'failed', figures: null });
  });
});
