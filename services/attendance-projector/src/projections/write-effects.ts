import { appendDerivedEvents, ringEvents } from '@rollcall/event-log';
import { allAnswered, type ClientBase } from '@rollcall/postgres';
import { insertAttendanceLogs, redateAttendanceLogs } from '../data-access/attendance-logs.js';
import { removeAttendanceRecords, upsertAttendanceRecords } from '../data-access/attendance-records.js';
import { insertNotifications } from '../data-access/notifications.js';
import type { BatchEffects } from '../domain/batch-effects.js';
import { writeAudit } from './write-audit.js';

/**
 * Writes what a batch comes to, a statement a table, in the transaction that moves the checkpoint. They are sent behind each
 * other, in two round trips: what a frame that comes alone has to wait for is switches between processes, hardly work.
 */
export async function writeEffects(client: ClientBase, organizationId: string, effects: BatchEffects): Promise<void> {
  await allAnswered([
    writeAttendance(client, organizationId, effects),
    announce(client, effects),
    writeAudit(client, organizationId, effects.audited),
  ]);
}

/** The part of it that a replay writes again: sightings and records. */
export async function writeAttendance(
  client: ClientBase,
  organizationId: string,
  effects: Pick<BatchEffects, 'logs' | 'redated' | 'removedRecordIds' | 'records'>,
): Promise<void> {
  await allAnswered([
    insertAttendanceLogs(client, effects.logs),
    ...effects.redated.map((days) => redateAttendanceLogs(client, organizationId, days)),
    removeAttendanceRecords(client, organizationId, effects.removedRecordIds),
    upsertAttendanceRecords(client, effects.records),
  ]);
}

/** Derived events and notifications, and a ring for whoever waits for them. */
async function announce(
  client: ClientBase,
  { derivedEvents, notifications }: Pick<BatchEffects, 'derivedEvents' | 'notifications'>,
): Promise<void> {
  const [appended, notified] = await allAnswered([
    appendDerivedEvents(client, derivedEvents),
    insertNotifications(client, notifications),
  ]);
  // A NOTIFY makes every commit of the instance queue: only when there is something to fetch.
  if (appended.length > 0 || notified > 0) await ringEvents(client);
}
