import type { EventType } from '@rollcall/contracts';
import { auditedTypes } from './audit-trail.js';

/** What the projector writes itself: reading it again would only tell it what it knows. */
const ownTypes: readonly EventType[] = [
  'attendance.checked_in',
  'attendance.checked_out',
  'attendance.record_changed',
  'attendance.record_removed',
  'attendance.unknown_face_seen',
  'projection.stopped',
];

/**
 * The types the projector reads. All others pass it by, also those of a newer version of Rollcall: what starts to be
 * read later needs a replay to reach back.
 */
export const projectedTypes: readonly EventType[] = [
  'recognition.completed',
  'device.silent',
  'system.unhealthy',
  'event_log.stalled',
  'event_log.resumed',
  'ledger.gap_opened',
  'ledger.gap_closed',
  'workday.closed',
  'attendance.recomputation_requested',
  ...auditedTypes.filter((type) => !ownTypes.includes(type)),
];
