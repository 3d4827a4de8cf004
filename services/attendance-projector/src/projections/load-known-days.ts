import {
  loadOrganizationCalendar,
  loadPersonCalendars,
  loadPersonDays,
  type PersonDay,
  type PersonDayRef,
  type StampedCalendar,
} from '@rollcall/attendance-data';
import { personDayBounds } from '@rollcall/attendance-rules';
import type { StoredEvent } from '@rollcall/contracts';
import type { ClientBase } from '@rollcall/postgres';
import { personDayKey, type UndatedLog } from '../domain/attendance.js';
import { daysToCompute } from '../domain/days-to-compute.js';
import { dateCapture, personOf, rulesKnownTo, type OrganizationRules } from '../domain/organization-rules.js';
import type { ReadEvent, StoredState } from '../domain/project-batch.js';
import { readSightings } from '../domain/read-sightings.js';

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

interface UndatedEvent {
  readonly event: StoredEvent;
  readonly sightings: readonly UndatedLog[];
}

/**
 * Reads the sightings out of a batch and loads the days they touch, mostly in one statement: the organization's calendar
 * is remembered, and loaded again when the days come with another stamp. Where people have shifts or leave, theirs is
 * one statement more.
 */
export function createDayLoader(): LoadKnownDays {
  const remembered = new Map<string, StampedCalendar>();

  return async (client, organizationId, events) => {
    const undated = events.map((event) => ({ event, sightings: readSightings(event) }));
    const userIds = peopleIn(undated);
    if (userIds.length === 0 && !events.some(({ type }) => type === 'recognition.completed')) {
      return { events: undated.map(({ event }) => ({ event, sightings: [] })), stored: nothingStored(organizationId) };
    }
    for (;;) {
      const known = remembered.get(organizationId) ?? (await loadOrganizationCalendar(client, organizationId));
      const people = known.planned
        ? await loadPersonCalendars(client, organizationId, userIds)
        : new Map<string, never>();
      const rules = { calendar: known.calendar, people };
      const read = undated.map((event) => dateSightings(event, rules));
      const { days, stamp } = await loadPersonDays(client, organizationId, daysIn(read, rules));
      if (stamp === known.stamp) {
        remembered.set(organizationId, known);
        return { events: read, stored: { rules, days: mergeDays(days) } };
      }
      remembered.delete(organizationId);
    }
  };
}

function nothingStored(organizationId: string): StoredState {
  const calendar = { organizationId, timezone: 'UTC', policies: [], settings: [], shifts: [], holidays: [] };
  return { rules: { calendar, people: new Map() }, days: [] };
}

function peopleIn(undated: readonly UndatedEvent[]): string[] {
  const ids = undated.flatMap(({ event, sightings }) => [
    ...sightings.map(({ userId }) => userId),
    ...daysToCompute(event).map(({ userId }) => userId),
  ]);
  return [...new Set(ids)];
}

function dateSightings({ event, sightings }: UndatedEvent, rules: OrganizationRules): ReadEvent {
  return {
    event,
    sightings: sightings.map((log) => ({ ...log, ...dateCapture(rules, log.capturedAt, event, log.userId) })),
  };
}

/**
 * The days of a batch, with their first and last instant. Rules may change within it: then a day comes once for each
 * pair of bounds, and the finest of the intervals tells visits apart by all of them.
 */
function daysIn(read: readonly ReadEvent[], rules: OrganizationRules): PersonDayRef[] {
  const refs = new Map<string, PersonDayRef>();
  for (const { event, sightings } of read) {
    const known = rulesKnownTo(rules, event);
    for (const { userId, workDate } of [...sightings, ...daysToCompute(event)]) {
      const bounds = personDayBounds(known, personOf(rules, userId), workDate);
      const key = `${personDayKey(userId, workDate)}/${bounds.start}/${bounds.end}`;
      const seconds = known.policyOn(workDate).rules.min_interval_seconds;
      const minIntervalSeconds = Math.min(seconds, refs.get(key)?.minIntervalSeconds ?? seconds);
      refs.set(key, { userId, workDate, bounds, minIntervalSeconds });
    }
  }
  return [...refs.values()];
}

/** Days that came with several bounds are one day, with the sightings of all of them. */
function mergeDays(days: readonly PersonDay[]): PersonDay[] {
  const merged = new Map<string, PersonDay>();
  for (const day of days) {
    const key = personDayKey(day.userId, day.workDate);
    const known = merged.get(key);
    if (known === undefined) {
      merged.set(key, day);
      continue;
    }
    const others = day.sightings.filter(({ id }) => !known.sightings.some((sighting) => sighting.id === id));
    const misdated = known.misdated || day.misdated;
    merged.set(key, { ...known, misdated, sightings: [...known.sightings, ...others] });
  }
  return [...merged.values()];
}
