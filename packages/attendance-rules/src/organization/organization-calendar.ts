import type { Shift } from '../shift.js';
import type { Activity } from './activity.js';
import type { LogPlace } from './log-place.js';

/** Something that holds from a work date on, immutable; a later version replaces it from its own date on. */
interface Version {
  readonly version: number;
  /** First work date it holds for. */
  readonly validFrom: string;
  /** Since when it is known: an event before that is computed without it. */
  readonly known: LogPlace;
}

export interface PolicyVersion extends Version {
  readonly id: string;
  /** As stored: what is absent has its default, the time zone that of the organization. */
  readonly rules: Readonly<Record<string, unknown>>;
}

/** Time zone and work week. */
export interface SettingsVersion extends Version {
  readonly timezone: string;
  /** Days of the week, 1 Monday … 7 Sunday. */
  readonly workWeek: readonly number[];
}

export interface ShiftVersion extends Version {
  /** With the id that all versions of the shift have. */
  readonly shift: Shift;
  readonly retired: boolean;
}

export interface HolidayVersion {
  readonly date: string;
  readonly version: number;
  readonly withdrawn: boolean;
  readonly known: LogPlace;
}

/** Everything an organization ever decided about its days. */
export interface OrganizationCalendar {
  readonly organizationId: string;
  /** Where no version of the settings says another one. */
  readonly timezone: string;
  readonly policies: readonly PolicyVersion[];
  readonly settings: readonly SettingsVersion[];
  readonly shifts: readonly ShiftVersion[];
  readonly holidays: readonly HolidayVersion[];
}

/** A weekly pattern of shifts. */
export interface ShiftAssignment {
  readonly id: string;
  readonly validFrom: string;
  readonly validUntil: string | null;
  /** Weekdays null: the work week of the organization. Empty: no shift. */
  readonly pattern: readonly { readonly shiftId: string; readonly weekdays: readonly number[] | null }[];
  readonly known: LogPlace;
  readonly withdrawn: LogPlace | null;
}

export interface Leave {
  readonly startsOn: string;
  readonly endsOn: string;
  /** Local time `HH:MM` of each date: on leave from the beginning of the shift to then. */
  readonly untilTime?: string | null;
  /** On leave from then to the end of the shift. With neither of the two: the whole day. */
  readonly fromTime?: string | null;
  readonly known: LogPlace;
  readonly withdrawn: LogPlace | null;
}

/** What concerns one person. Instants are epoch milliseconds. */
export interface PersonCalendar extends Activity {
  readonly userId: string;
  readonly assignments: readonly ShiftAssignment[];
  readonly leaves: readonly Leave[];
}

/** Somebody of whom nothing is known but their sightings. */
export function nobodyKnown(userId: string): PersonCalendar {
  return { userId, addedAt: Number.NEGATIVE_INFINITY, activity: [], assignments: [], leaves: [] };
}
