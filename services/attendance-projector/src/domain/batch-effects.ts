import type { Span } from '@rollcall/attendance-rules';
import type { NewEvent } from '@rollcall/contracts';
import type { AttendanceLog, AttendanceRecord } from './attendance.js';
import type { AuditedChange } from './audit-trail.js';
import type { Notification } from './notification.js';

/** All that a batch of events does to the database, besides moving the checkpoint. Written twice, it is there once. */
export interface BatchEffects {
  readonly logs: readonly AttendanceLog[];
  /** Last state of every record that came out differently. */
  readonly records: readonly AttendanceRecord[];
  /** Ids of records of which nothing is left. */
  readonly removedRecordIds: readonly string[];
  /**
   * Days whose sightings, from their first instant to their last, are to stand under another date than they do: event
   * by event, since a later one may move them again.
   */
  readonly redated: readonly (readonly RedatedSightings[])[];
  readonly derivedEvents: readonly NewEvent[];
  readonly audited: readonly AuditedChange[];
  readonly notifications: readonly Notification[];
}

export interface RedatedSightings {
  readonly userId: string;
  readonly workDate: string;
  /** Epoch milliseconds. */
  readonly bounds: Span;
  readonly policyVersionId: string | null;
}

export const noEffects: BatchEffects = {
  logs: [],
  records: [],
  removedRecordIds: [],
  redated: [],
  derivedEvents: [],
  audited: [],
  notifications: [],
};
