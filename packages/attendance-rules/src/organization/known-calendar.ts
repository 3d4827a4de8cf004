import { defaultWorkWeek, resolveAttendancePolicyRules } from '@rollcall/contracts';
import type { AttendancePolicy } from '../attendance-policy.js';
import type { Shift } from '../shift.js';
import { beginningOfLog, comparePlaces, isKnown, type LogPlace } from './log-place.js';
import type { OrganizationCalendar, PolicyVersion, SettingsVersion, ShiftVersion } from './organization-calendar.js';

/** An organization's calendar as it is known at a place of the log. */
export interface KnownCalendar {
  readonly organizationId: string;
  readonly place: LogPlace;
  /** The policy of a work date with the time zone of that date; the same object while nothing changes. */
  policyOn(workDate: string): AttendancePolicy;
  workWeekOn(workDate: string): readonly number[];
  /** A shift as it is on a work date; none before its first version, nor once it is retired. */
  shiftOn(shiftId: string, workDate: string): Shift | undefined;
  isHoliday(workDate: string): boolean;
}

interface Remembered {
  /** Where something became known, in the order of the log, each place once; the beginning is the first. */
  readonly places: readonly LogPlace[];
  /** What is known from a place on until the next one, by its index; the one asked for last is the last. */
  readonly resolved: Map<number, KnownCalendar>;
}

/**
 * What versions come to between two places, by calendar: nearly every event comes after the last change, and a replay goes
 * from place to place.
 */
const remembered = new WeakMap<OrganizationCalendar, Remembered>();
/** Of one calendar: a batch of events seldom goes over more changes. */
const MOST_RESOLVED = 8;

/**
 * The calendar as it is known at a place of the log: a version written later does not reach back by itself, so that a
 * replay decides as the first time.
 */
export function knownCalendar(calendar: OrganizationCalendar, place: LogPlace): KnownCalendar {
  const all = remembered.get(calendar) ?? { places: placesOf(calendar), resolved: new Map<number, KnownCalendar>() };
  remembered.set(calendar, all);
  const { places, resolved } = all;
  const index = lastKnown(places, place);
  const found = resolved.get(index) ?? resolve(calendar, places[index] ?? beginningOfLog);
  resolved.delete(index);
  resolved.set(index, found);
  const [oldest] = resolved.keys();
  if (resolved.size > MOST_RESOLVED && oldest !== undefined) resolved.delete(oldest);
  // The place matters further on, for what is known of each person.
  return { ...found, place };
}

function placesOf({ policies, settings, shifts, holidays }: OrganizationCalendar): LogPlace[] {
  const sorted = [...policies, ...settings, ...shifts, ...holidays].map(({ known }) => known).sort(comparePlaces);
  return [beginningOfLog, ...sorted].filter((place, index, all) => {
    const before = all[index - 1];
    return before === undefined || comparePlaces(before, place) !== 0;
  });
}

/** The index of the last of some sorted places that is known at another: the first of them, the beginning, always is. */
function lastKnown(places: readonly LogPlace[], place: LogPlace): number {
  let [low, high] = [0, places.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const candidate = places[middle];
    if (candidate !== undefined && isKnown(candidate, place)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function resolve(calendar: OrganizationCalendar, place: LogPlace): KnownCalendar {
  const ofNow = <Row extends { readonly known: LogPlace }>(rows: readonly Row[]) =>
    rows.filter(({ known }) => isKnown(known, place));
  const [policies, settings] = [ofNow(calendar.policies), ofNow(calendar.settings)];
  const shifts = groupBy(ofNow(calendar.shifts), ({ shift }) => shift.id);
  const holidays = groupBy(ofNow(calendar.holidays), ({ date }) => date);
  const holidayDates = new Set(
    [...holidays].filter(([, versions]) => latest(versions)?.withdrawn === false).map(([date]) => date),
  );
  const merged = new Map<string, AttendancePolicy>();
  return {
    organizationId: calendar.organizationId,
    place,
    policyOn(workDate) {
      const [policy, setting] = [inForce(policies, workDate), inForce(settings, workDate)];
      const key = `${policy?.version ?? 0}/${setting?.version ?? 0}`;
      const found = merged.get(key) ?? merge(policy, setting?.timezone, calendar.timezone);
      merged.set(key, found);
      return found;
    },
    workWeekOn: (workDate) => inForce(settings, workDate)?.workWeek ?? defaultWorkWeek,
    shiftOn(shiftId, workDate) {
      const version: ShiftVersion | undefined = inForce(shifts.get(shiftId) ?? [], workDate);
      return version === undefined || version.retired ? undefined : version.shift;
    },
    isHoliday: (workDate) => holidayDates.has(workDate),
  };
}

/** A policy may name a time zone, as those do that organizations begin with; once one is set for the organization, that counts. */
function merge(policy: PolicyVersion | undefined, timezoneSet: string | undefined, preset: string): AttendancePolicy {
  const timezone = timezoneSet ?? policy?.rules['timezone'] ?? preset;
  if (policy === undefined) return { versionId: null, rules: resolveAttendancePolicyRules({ timezone }) };
  return { versionId: policy.id, rules: resolveAttendancePolicyRules({ ...policy.rules, timezone }) };
}

/** Of the versions valid by a date the one that became valid last, of two from one day the later version. */
function inForce<Row extends Pick<SettingsVersion, 'validFrom' | 'version'>>(
  versions: readonly Row[],
  workDate: string,
): Row | undefined {
  let found: Row | undefined;
  for (const candidate of versions) {
    if (candidate.validFrom > workDate) continue;
    if (found === undefined || isNewer(candidate, found)) found = candidate;
  }
  return found;
}

function isNewer<Row extends Pick<SettingsVersion, 'validFrom' | 'version'>>(candidate: Row, found: Row): boolean {
  if (candidate.validFrom !== found.validFrom) return candidate.validFrom > found.validFrom;
  return candidate.version > found.version;
}

function latest<Row extends { readonly version: number }>(versions: readonly Row[]): Row | undefined {
  return versions.reduce<Row | undefined>(
    (found, version) => (found === undefined || version.version > found.version ? version : found),
    undefined,
  );
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
