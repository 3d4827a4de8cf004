import type { FailedRequestOut, LedgerOut, RequestTraceOut } from '../http/ledger.js';
import { defaultExampleIds as ids } from './example-ids.js';

const at = '2025-03-03T08:59:12.000Z';
const quiet = { undecided: 0, unprojected: 0, undecided_since: null, unprojected_since: null };

export const ledger: LedgerOut = {
  from: '2025-03-03T00:00:00.000Z',
  to: '2025-03-04T00:00:00.000Z',
  counted_at: '2025-03-03T09:00:00.000Z',
  recognitions: {
    accepted: 1_204,
    decided: 1_203,
    decided_as: {
      ...{ matched: 1_020, review: 12, unknown: 31, rejected: 9, no_face: 128 },
      ...{ failed: 2, expired: 0, discarded: 1 },
    },
    failed_because: { PIPELINE_CRASHED: 2 },
    projected: 1_203,
    gap: { ...quiet, undecided: 1, undecided_since: '2025-03-03T08:59:59.600Z' },
  },
  registrations: {
    accepted: 3,
    decided: 3,
    decided_as: { completed: 2, rejected: 1, failed: 0, discarded: 0 },
    failed_because: {},
    projected: 3,
    gap: quiet,
  },
  uploads: {
    accepted: 0,
    decided: 0,
    decided_as: { completed: 0, failed: 0 },
    failed_because: {},
    projected: 0,
    gap: quiet,
  },
  events_skipped: 0,
  oldest_gap: { undecided_seconds: 0.4, unprojected_seconds: null, limit_seconds: 900, over_limit: false },
};

export const requestTrace: RequestTraceOut = {
  request_id: ids.recognition,
  kind: 'recognition',
  status: 'completed',
  outcome: 'matched',
  reason: null,
  requested_by: `device:${ids.source}`,
  correlation_id: ids.event,
  source_id: ids.source,
  user_id: null,
  captured_at: at,
  received_at: '2025-03-03T08:59:12.300Z',
  expires_at: '2025-03-10T08:59:12.300Z',
  decided_at: '2025-03-03T08:59:12.500Z',
  projected: true,
  attempts: 1,
  discarded_at: null,
  requeued: [],
  faces: [
    {
      recognized_face_id: ids.face2,
      index: 0,
      decision: 'match',
      user_id: ids.user,
      similarity: 0.71,
      review_id: null,
      review_status: null,
      attendance_log_id: ids.log,
      work_date: '2025-03-03',
      record_id: ids.record,
    },
  ],
  events: [
    {
      event_id: ids.event,
      type: 'recognition.completed',
      subject: `recognitions/${ids.recognition}`,
      occurred_at: '2025-03-03T08:59:12.500Z',
      recorded_at: '2025-03-03T08:59:12.501Z',
    },
  ],
  audit: [
    {
      audit_id: ids.audit,
      action: 'attendance.record_changed',
      actor: 'system:attendance-projector',
      occurred_at: '2025-03-03T08:59:12.500Z',
    },
  ],
  notifications: [
    { notification_id: ids.notification, type: 'attendance.checked_in', created_at: '2025-03-03T08:59:12.700Z' },
  ],
};

export const failedRequest: FailedRequestOut = {
  request_id: ids.recognition,
  kind: 'recognition',
  status: 'failed',
  reason: 'PIPELINE_CRASHED',
  attempts: 3,
  source_id: ids.source,
  user_id: null,
  captured_at: at,
  received_at: '2025-03-03T08:59:12.300Z',
  ended_at: '2025-03-03T08:59:19.000Z',
  times_requeued: 0,
  can_requeue: true,
  discarded_at: null,
  discarded_by: null,
};
