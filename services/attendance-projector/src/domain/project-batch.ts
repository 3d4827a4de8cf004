import type { NewEvent, StoredEvent } from '@rollcall/contracts';
import type { AttendanceLog } from './attendance.js';
import { auditedEvent, isAudited, type AuditedChange } from './audit-trail.js';
import type { BatchEffects } from './batch-effects.js';
import { createBatchDays, type ComputedDay, type StoredState } from './batch-days.js';
import { daysToCompute } from './days-to-compute.js';
import { describeRecordChange, describeRemovedRecord } from './describe-record-change.js';
import { noticesFor } from './notices-for.js';
import { noticeOfCheckIn, noticesOfRecord } from './notices-of-day.js';
import type { Notification } from './notification.js';
import { routeNotice, rulesAt, type Notice, type NotificationRulesVersion } from './route-notification.js';
import { recordEventsFor, recordRemovedEvent, unknownFaceEvents } from './record-events.js';

export type { StoredState } from './batch-days.js';

/** An event with the sightings in it, dated. */
export interface ReadEvent {
  readonly event: StoredEvent;
  readonly sightings: readonly AttendanceLog[];
}

/**
 * What a batch of events comes to. Events are taken one at a time, each against the state that its predecessors left:
 * the outcome, down to the ids, does not depend on where one batch ends and the next begins.
 *
 * @param events of one organization, in the order of the log, valid by their schemas.
 * @param telling who is told of what, all versions, oldest first.
 */
export function projectBatch(
  events: readonly ReadEvent[],
  stored: StoredState,
  telling: readonly NotificationRulesVersion[] = [],
): BatchEffects {
  const days = createBatchDays(stored);
  const derivedEvents = new Map<string, NewEvent>();
  const notifications = new Map<string, Notification>();
  const audited: AuditedChange[] = [];

  for (const { event, sightings } of events) {
    if (isAudited(event)) audited.push(auditedEvent(event, 'foreign'));
    const rules = rulesAt(telling, event);
    const tell = (notice: Notice): void => {
      for (const notification of routeNotice(notice, rules)) keepFirst(notifications, notification);
    };
    noticesFor(event).forEach(tell);
    if (event.type === 'recognition.completed') {
      for (const unknown of unknownFaceEvents(event, stored.rules)) keepFirst(derivedEvents, unknown);
    }
    for (const day of [...days.see(sightings, event), ...days.compute(daysToCompute(event), event)]) {
      noticesOfRecord(day.before, day.after, event, stored.rules).forEach(tell);
      for (const { derived, detail } of consequencesOf(day, event)) {
        derivedEvents.set(derived.id, derived);
        if (isAudited(derived)) audited.push(auditedEvent(derived, detail));
        if (derived.type === 'attendance.checked_in') tell(noticeOfCheckIn(derived, event));
      }
    }
  }
  return {
    ...days.effects(),
    derivedEvents: [...derivedEvents.values()],
    audited,
    notifications: [...notifications.values()],
  };
}

/** What a day that came out differently means to others, with the words for the trail. */
function consequencesOf({ before, after, logIds }: ComputedDay, cause: StoredEvent) {
  if (after !== null) {
    const change = { before, after, cause, logIds };
    const detail = describeRecordChange(change);
    return recordEventsFor(change).map((derived) => ({ derived, detail }));
  }
  if (before === null) return [];
  return [{ derived: recordRemovedEvent(before, cause), detail: describeRemovedRecord(before) }];
}

function keepFirst<Item extends { readonly id: string }>(items: Map<string, Item>, item: Item): void {
  if (!items.has(item.id)) items.set(item.id, item);
}
