import { personDayBounds, type Sighting, type Span } from '@rollcall/attendance-rules';
import type { StoredEvent } from '@rollcall/contracts';
import { personDayKey, type AttendanceLog, type AttendanceRecord, type PersonDay } from './attendance.js';
import type { BatchEffects, RedatedSightings } from './batch-effects.js';
import type { DayToCompute } from './days-to-compute.js';
import { personOf, rulesKnownTo, type OrganizationRules } from './organization-rules.js';
import { recordAfter } from './record-after.js';

/** What is stored already about the days that the batch touches. */
export interface StoredState {
  readonly rules: OrganizationRules;
  readonly days: readonly PersonDay[];
}

/** A day that came out differently. */
export interface ComputedDay {
  readonly before: AttendanceRecord | null;
  /** Null: nothing is left to record. */
  readonly after: AttendanceRecord | null;
  /** The sightings that made the difference. */
  readonly logIds: readonly string[];
}

export interface BatchDays {
  /** Takes in the sightings an event brings; those that are there already change nothing. */
  see(sightings: readonly AttendanceLog[], event: StoredEvent): ComputedDay[];
  /** Computes days without new sightings, by what the event knows. */
  compute(days: readonly DayToCompute[], event: StoredEvent): ComputedDay[];
  effects(): Pick<BatchEffects, 'logs' | 'records' | 'removedRecordIds' | 'redated'>;
}

/** The days of a batch as its events leave them, one after the other. */
export function createBatchDays({ rules, days: storedDays }: StoredState): BatchDays {
  const days = new Map(storedDays.map((day) => [personDayKey(day.userId, day.workDate), day]));
  const logs = new Map<string, AttendanceLog>();
  const records = new Map<string, AttendanceRecord>();
  const removed = new Set<string>();
  const redated: RedatedSightings[][] = [];

  function settle(day: PersonDay, event: StoredEvent, logIds: readonly string[]): ComputedDay[] {
    const before = day.record;
    const after = recordAfter(day, event, rules);
    days.set(personDayKey(day.userId, day.workDate), { ...day, record: after });
    if (after === before) return [];
    if (after === null) {
      records.delete(before?.id ?? '');
      removed.add(before?.id ?? '');
    } else {
      records.set(after.id, after);
      removed.delete(after.id);
    }
    return [{ before, after, logIds }];
  }

  /**
   * A day with those of its sightings that came in with this batch, whatever date they had then. Those of the person's
   * other days are none of it: a day that nothing is known of must look the same wherever the batch began.
   */
  function withBatchSightings(day: PersonDay, bounds: Span): PersonDay {
    const others = [...logs.values()].filter(
      (log) =>
        log.userId === day.userId &&
        isWithin(log.capturedAt.getTime(), bounds) &&
        !day.sightings.some(({ id }) => id === log.id),
    );
    return others.length === 0 ? day : { ...day, sightings: [...day.sightings, ...others.map(toSighting)] };
  }

  /**
   * A day with sightings of this batch that came in under another date, by rules that have changed since: stored, they
   * would have been found by their time.
   */
  function withMovedSightings(day: PersonDay, event: StoredEvent): PersonDay {
    const { userId, workDate } = day;
    const elsewhere = [...logs.values()].some((log) => log.userId === userId && log.workDate !== workDate);
    if (!elsewhere) return day;
    return withBatchSightings(day, personDayBounds(rulesKnownTo(rules, event), personOf(rules, userId), workDate));
  }

  /** Has the sightings of a day stand under its date: those of this batch, and those that are stored. */
  function redate(day: PersonDay, bounds: Span, policyVersionId: string | null, step: RedatedSightings[]): void {
    const { userId, workDate } = day;
    for (const log of logs.values()) {
      if (log.userId !== userId || log.workDate === workDate || !isWithin(log.capturedAt.getTime(), bounds)) continue;
      logs.set(log.id, { ...log, workDate, policyVersionId });
    }
    // What an earlier event of this batch has moved is stored under the former date as yet.
    const movedBefore = redated.flat().some((moved) => moved.userId === userId);
    if (day.misdated || movedBefore) step.push({ userId, workDate, bounds, policyVersionId });
  }

  return {
    see(sightings, event) {
      return [...groupByDay(sightings)].flatMap(([key, seen]) => {
        const day = withMovedSightings(days.get(key) ?? emptyDay(seen[0]), event);
        const fresh = seen.filter(({ id }) => !day.sightings.some((sighting) => sighting.id === id));
        if (fresh.length === 0) return [];
        for (const log of fresh) logs.set(log.id, log);
        const grown = { ...day, sightings: [...day.sightings, ...fresh.map(toSighting)] };
        return settle(
          grown,
          event,
          fresh.map(({ id }) => id),
        );
      });
    },
    compute(wanted, event) {
      const step: RedatedSightings[] = [];
      const known = rulesKnownTo(rules, event);
      const computed = wanted.flatMap(({ existingOnly, ...ref }) => {
        const { userId, workDate } = ref;
        const bounds = personDayBounds(known, personOf(rules, userId), workDate);
        const day = withBatchSightings(days.get(personDayKey(userId, workDate)) ?? emptyDay(ref), bounds);
        const exists = day.record !== null || day.sightings.some(({ capturedAt }) => isWithin(capturedAt, bounds));
        if (existingOnly && !exists) return [];
        redate(day, bounds, known.policyOn(workDate).versionId, step);
        return settle(day, event, []);
      });
      if (step.length > 0) redated.push(step);
      return computed;
    },
    effects: () => ({
      logs: [...logs.values()],
      records: [...records.values()],
      removedRecordIds: [...removed],
      redated,
    }),
  };
}

function isWithin(instant: number, { start, end }: Span): boolean {
  return instant >= start && instant < end;
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

function emptyDay(ref: Pick<PersonDay, 'userId' | 'workDate'> | undefined): PersonDay {
  if (ref === undefined) throw new RangeError('a day without sightings');
  const { userId, workDate } = ref;
  return { userId, workDate, sightings: [], misdated: false, corrections: [], record: null };
}
