import type { StoredEvent } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import { loadOrganizationRules } from '../data-access/organization-rules.js';
import { loadPersonDays, type PersonDayRef } from '../data-access/person-days.js';
import { personDayKey } from '../domain/attendance.js';
import { dateCapture, policyInForce } from '../domain/organization-rules.js';
import type { KnownDays, ReadEvent } from '../domain/project-batch.js';
import { sightingsIn } from '../domain/sightings-in.js';

/** Reads the sightings out of a batch and loads what is stored of the days they touch: two statements at most. */
export async function loadKnownDays(
  client: ClientBase,
  organizationId: string,
  events: readonly StoredEvent[],
): Promise<{ readonly read: ReadEvent[]; readonly known: KnownDays }> {
  if (!events.some(({ type }) => type === 'recognition.completed')) {
    const read = events.map((event) => ({ event, sightings: [] }));
    return { read, known: { rules: { organizationId, policies: [] }, days: [] } };
  }
  const rules = await loadOrganizationRules(client, organizationId);
  const read = events.map((event) => ({
    event,
    sightings:
      event.type === 'recognition.completed'
        ? sightingsIn(event, (capturedAt) => dateCapture(rules, capturedAt, event.recordedAt))
        : [],
  }));
  const refs = new Map<string, PersonDayRef>();
  for (const { event, sightings } of read) {
    for (const { userId, workDate } of sightings) {
      const { min_interval_seconds: minIntervalSeconds } = policyInForce(rules, workDate, event.recordedAt).rules;
      refs.set(personDayKey(userId, workDate), { userId, workDate, minIntervalSeconds });
    }
  }
  const days = await loadPersonDays(client, organizationId, [...refs.values()]);
  return { read, known: { rules, days } };
}
