import type { NewEvent } from '@rollcall/contracts';
import type { AttendanceLog, AttendanceRecord } from './attendance.js';
import type { AuditedChange } from './audit-trail.js';
import type { Notification } from './notification.js';

/** All that a batch of events does to the database, besides moving the checkpoint. Written twice, it is there once. */
export interface BatchEffects {
  readonly logs: readonly AttendanceLog[];
  /** Last state of every record that came out differently. */
  readonly records: readonly AttendanceRecord[];
  readonly derivedEvents: readonly NewEvent[];
  readonly audited: readonly AuditedChange[];
  readonly notifications: readonly Notification[];
}

export const noEffects: BatchEffects = { logs: [], records: [], derivedEvents: [], audited: [], notifications: [] };
