import type { SystemHealthOut } from '../http/system-health.js';
import type { SystemLogOut } from '../http/system-logs.js';

const id = (last: number) => `0198c0de-7a11-7c00-8000-0000000012${last.toString(16).padStart(2, '0')}`;
const at = '2025-03-03T08:50:00.000Z';
const quiet = {
  queued: 0,
  processing: 0,
  oldest_seconds: null,
  installation_queued: 0,
  installation_processing: 0,
  installation_oldest_seconds: null,
};
const process = {
  alive: true,
  silent_seconds: 0.8,
  started_at: '2025-03-03T06:00:00.000Z',
  memory_bytes: 104_857_600,
};

export const systemHealth: SystemHealthOut = {
  state: 'degraded',
  checked_at: at,
  parts: {
    database: {
      state: 'ok',
      figures: {
        version: '18.4',
        connections: 21,
        max_connections: 100,
        size_bytes: 52_428_800,
        pool_connections: 3,
        pool_waiting: 0,
        oldest_transaction: { pid: 4711, application: 'rollcall-gateway', age_seconds: 0.002, holds_feed: false },
      },
    },
    storage: {
      state: 'ok',
      figures: {
        writable: true,
        free_bytes: 81_604_378_624,
        total_bytes: 107_374_182_400,
        deletions_waiting: 0,
        deletions_failing: 0,
        oldest_deletion_seconds: null,
      },
    },
    models: {
      state: 'ok',
      figures: {
        known: [{ model_id: 'arcface-r100', dimension: 512, synthetic: false }],
        in_use: ['arcface-r100'],
        synthetic: false,
      },
    },
    gateways: {
      state: 'ok',
      figures: { alive: 1, silent: 0, processes: [{ worker_id: id(1), ...process }] },
    },
    face_workers: {
      state: 'ok',
      figures: {
        alive: 1,
        silent: 0,
        galleries: [{ model_id: 'arcface-r100', version: 12, faces: 40 }],
        processes: [
          {
            worker_id: id(2),
            ...process,
            model_id: 'arcface-r100',
            synthetic: false,
            children: 2,
            busy: 1,
            waiting: 0,
            in_hand: 1,
            gallery_version: 12,
            doorbell: 'listening',
          },
        ],
      },
    },
    queue: {
      state: 'degraded',
      message: 'the oldest frame has waited 75 s',
      figures: {
        recognition: {
          queued: 120,
          processing: 4,
          oldest_seconds: 75.2,
          installation_queued: 240,
          installation_processing: 8,
          installation_oldest_seconds: 75.2,
        },
        registration: quiet,
      },
    },
    projector: {
      state: 'ok',
      figures: {
        alive: 1,
        silent: 0,
        lag_seconds: 0,
        lag_events: 0,
        organizations_behind: 0,
        events_skipped: 0,
        projections: [
          {
            projection: 'attendance',
            checkpoint_at: at,
            lease_holder: id(3),
            leased_until: '2025-03-03T08:50:05.000Z',
            stopped: null,
          },
        ],
        processes: [{ worker_id: id(3), ...process, doorbell: 'listening' }],
      },
    },
    event_feed: {
      state: 'ok',
      figures: { epoch: 1, last_event_at: at, unreadable: 0, oldest_unreadable_seconds: null },
    },
    notifications: {
      state: 'ok',
      figures: { last_24_hours: 84, critical_last_24_hours: 0, newest_at: at },
    },
    scheduled_jobs: { state: 'ok', figures: { waiting: 0, failed: 0, oldest_due_seconds: null } },
    system_log: { state: 'ok', figures: { warnings_last_hour: 2, errors_last_hour: 0, fatal_last_hour: 0 } },
  },
};

export const systemLog: SystemLogOut = {
  log_id: 812,
  level: 'warn',
  service: 'face-worker',
  code: 'PIPELINE_CRASHED',
  message: 'a pipeline process was lost',
  scope: 'installation',
  context: { pid: 4712 },
  repeats: 1,
  worker_id: id(2),
  occurred_at: at,
};
