import type { StoredEvent } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import { loadOrganizationRules, type StampedRules } from '../data-access/organization-rules.js';
import { loadPersonDays, type PersonDayRef } from '../data-access/person-days.js';
import { personDayKey } from '../domain/attendance.js';
import { dateCapture, policyInForce, type OrganizationRules } from '../domain/organization-rules.js';
import type { ReadEvent, StoredState } from '../domain/project-batch.js';
import { sightingsIn } from '../domain/sightings-in.js';

/** A batch with its sightings dated, and what is stored of the days they fall on. */
export interface LoadedBatch {
  readonly events: readonly ReadEvent[];
  readonly stored: StoredState;
}

export type LoadKnownDays = (
  client: ClientBase,
  organizationId: string,
  events: readonly StoredEvent[],
) => Promise<LoadedBatch>;

/**
 * Reads the sightings out of a batch and loads the days they touch, mostly in one statement: the rules by which they are
 * dated are remembered, and loaded again when the days come with another stamp.
 */
export function createDayLoader(): LoadKnownDays {
  const remembered = new Map<string, StampedRules>();

  return async (client, organizationId, events) => {
    if (!events.some(({ type }) => type === 'recognition.completed')) {
      const read = events.map((event) => ({ event, sightings: [] }));
      return { events: read, stored: { rules: { organizationId, policies: [] }, days: [] } };
    }
    for (;;) {
      const known = remembered.get(organizationId) ?? (await loadOrganizationRules(client, organizationId));
      const read = events.map((event) => dateSightings(event, known.rules));
      const { days, stamp } = await loadPersonDays(client, organizationId, daysIn(read, known.rules));
      if (stamp === known.stamp) {
        remembered.set(organizationId, known);
        return { events: read, stored: { rules: known.rules, days } };
      }
      remembered.delete(organizationId);
    }
  };
}

function dateSightings(event: StoredEvent, rules: OrganizationRules): ReadEvent {
  if (event.type !== 'recognition.completed') return { event, sightings: [] };
  return { event, sightings: sightingsIn(event, (at) => dateCapture(rules, at, event.recordedAt)) };
}

function daysIn(read: readonly ReadEvent[], rules: OrganizationRules): PersonDayRef[] {
  const refs = new Map<string, PersonDayRef>();
  for (const { event, sightings } of read) {
    for (const { userId, workDate } of sightings) {
      const key = personDayKey(userId, workDate);
      const seconds = policyInForce(rules, workDate, event.recordedAt).rules.min_interval_seconds;
      // The policy may change within the batch: the finest of the intervals tells visits apart by all of them.
      const minIntervalSeconds = Math.min(seconds, refs.get(key)?.minIntervalSeconds ?? seconds);
      refs.set(key, { userId, workDate, minIntervalSeconds });
    }
  }
  return [...refs.values()];
}
