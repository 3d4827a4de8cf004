import {
  knownCalendar,
  nobodyKnown,
  personWorkDate,
  type KnownCalendar,
  type LogPlace,
  type OrganizationCalendar,
  type PersonCalendar,
} from '@rollcall/attendance-rules';

/** By what an organization's sightings become records: everything stored, also what an event does not know of yet. */
export interface OrganizationRules {
  readonly calendar: OrganizationCalendar;
  /** Shifts and leaves of the people in question; nobody who is missing has any. */
  readonly people: ReadonlyMap<string, PersonCalendar>;
}

/** What an event knows of them: what was written in transactions before its own, and in its own. */
export function rulesKnownTo({ calendar }: OrganizationRules, event: LogPlace): KnownCalendar {
  return knownCalendar(calendar, event);
}

export function personOf({ people }: OrganizationRules, userId: string): PersonCalendar {
  return people.get(userId) ?? nobodyKnown(userId);
}

/** A moment's work date and the policy of that date. */
export interface DatedCapture {
  /** YYYY-MM-DD. */
  readonly workDate: string;
  readonly policyVersionId: string | null;
}

/** The work date a moment counts for, for a person, or for somebody without shifts when nobody is named. */
export function dateCapture(
  rules: OrganizationRules,
  capturedAt: Date,
  event: LogPlace,
  userId?: string,
): DatedCapture {
  const known = rulesKnownTo(rules, event);
  const person = userId === undefined ? nobodyKnown('') : personOf(rules, userId);
  const workDate = personWorkDate(known, person, capturedAt.getTime());
  return { workDate, policyVersionId: known.policyOn(workDate).versionId };
}
