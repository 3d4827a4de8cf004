import { appendDerivedEvents, ringEvents } from '@rollcall/event-log';
import type { ClientBase } from '@rollcall/postgres';
import { insertAttendanceLogs, redateAttendanceLogs } from '../data-access/attendance-logs.js';
import { removeAttendanceRecords, upsertAttendanceRecords } from '../data-access/attendance-records.js';
import { insertNotifications } from '../data-access/notifications.js';
import type { BatchEffects } from '../domain/batch-effects.js';
import { writeAudit } from './write-audit.js';

/** Writes what a batch comes to, a statement a table, in the transaction that moves the checkpoint. */
export async function writeEffects(client: ClientBase, organizationId: string, effects: BatchEffects): Promise<void> {
  await writeAttendance(client, organizationId, effects);
  const appended = await appendDerivedEvents(client, effects.derivedEvents);
  const notified = await insertNotifications(client, effects.notifications);
  await writeAudit(client, organizationId, effects.audited);
  // A NOTIFY makes every commit of the instance queue: only when there is something to fetch.
  if (appended.length > 0 || notified > 0) await ringEvents(client);
}

/** The part of it that a replay writes again: sightings and records. */
export async function writeAttendance(
  client: ClientBase,
  organizationId: string,
  effects: Pick<BatchEffects, 'logs' | 'redated' | 'removedRecordIds' | 'records'>,
): Promise<void> {
  await insertAttendanceLogs(client, effects.logs);
  for (const days of effects.redated) await redateAttendanceLogs(client, organizationId, days);
  await removeAttendanceRecords(client, organizationId, effects.removedRecordIds);
  await upsertAttendanceRecords(client, effects.records);
}
