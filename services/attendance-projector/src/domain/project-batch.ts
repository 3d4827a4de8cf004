import type { Sighting } from '@rollcall/attendance-rules';
import type { NewEvent, StoredEvent } from '@rollcall/contracts';
import { personDayKey, type AttendanceLog, type AttendanceRecord, type PersonDay } from './attendance.js';
import { auditedEvent, isAudited, type AuditedChange } from './audit-trail.js';
import type { BatchEffects } from './batch-effects.js';
import type { OrganizationRules } from './organization-rules.js';
import { recordAfter } from './record-after.js';
import { describeRecordChange } from './describe-record-change.js';
import { notificationsFor } from './notifications-for.js';
import { notifyCheckIn } from './notify-check-in.js';
import type { Notification } from './notification.js';
import { recordEventsFor, unknownFaceEvents } from './record-events.js';

/** An event with the sightings in it, dated. */
export interface ReadEvent {
  readonly event: StoredEvent;
  readonly sightings: readonly AttendanceLog[];
}

/** What is stored already about the days that the batch touches. */
export interface StoredState {
  readonly rules: OrganizationRules;
  readonly days: readonly PersonDay[];
}

/**
 * What a batch of events comes to. Events are taken one at a time, each against the state that its predecessors left:
 * the outcome, down to the ids, does not depend on where one batch ends and the next begins.
 *
 * @param events of one organization, in the order of the log, valid by their schemas.
 */
export function projectBatch(events: readonly ReadEvent[], stored: StoredState): BatchEffects {
  const days = new Map(stored.days.map((day) => [personDayKey(day.userId, day.workDate), day]));
  const logs = new Map<string, AttendanceLog>();
  const records = new Map<string, AttendanceRecord>();
  const derivedEvents = new Map<string, NewEvent>();
  const notifications = new Map<string, Notification>();
  const audited: AuditedChange[] = [];

  for (const { event, sightings } of events) {
    if (isAudited(event)) audited.push(auditedEvent(event, 'foreign'));
    for (const notification of notificationsFor(event)) keepFirst(notifications, notification);
    if (event.type !== 'recognition.completed') continue;
    for (const unknown of unknownFaceEvents(event, stored.rules)) keepFirst(derivedEvents, unknown);

    for (const [key, seen] of groupByDay(sightings)) {
      const day = days.get(key) ?? emptyDay(seen);
      const fresh = seen.filter(({ id }) => !day.sightings.some((sighting) => sighting.id === id));
      if (fresh.length === 0) continue;
      for (const log of fresh) logs.set(log.id, log);
      const grown = { ...day, sightings: [...day.sightings, ...fresh.map(toSighting)] };
      const record = recordAfter(grown, event, stored.rules);
      days.set(key, { ...grown, record });
      if (record === null || record === day.record) continue;
      records.set(record.id, record);
      const change = { before: day.record, after: record, cause: event, logIds: fresh.map(({ id }) => id) };
      for (const derived of recordEventsFor(change)) {
        derivedEvents.set(derived.id, derived);
        if (isAudited(derived)) audited.push(auditedEvent(derived, describeRecordChange(change)));
        if (derived.type === 'attendance.checked_in') keepFirst(notifications, notifyCheckIn(derived, event));
      }
    }
  }
  return {
    logs: [...logs.values()],
    records: [...records.values()],
    derivedEvents: [...derivedEvents.values()],
    audited,
    notifications: [...notifications.values()],
  };
}

function keepFirst<Item extends { readonly id: string }>(items: Map<string, Item>, item: Item): void {
  if (!items.has(item.id)) items.set(item.id, item);
}

function toSighting({ id, userId, capturedAt, sourceId, direction, kind }: AttendanceLog): Sighting {
  return { id, userId, capturedAt: capturedAt.getTime(), sourceId, direction, kind };
}

function groupByDay(sightings: readonly AttendanceLog[]): Map<string, AttendanceLog[]> {
  const groups = new Map<string, AttendanceLog[]>();
  for (const sighting of sightings) {
    const key = personDayKey(sighting.userId, sighting.workDate);
    groups.set(key, [...(groups.get(key) ?? []), sighting]);
  }
  return groups;
}

function emptyDay([first]: readonly AttendanceLog[]): PersonDay {
  if (first === undefined) throw new RangeError('a day without sightings');
  return { userId: first.userId, workDate: first.workDate, sightings: [], corrections: [], record: null };
}
