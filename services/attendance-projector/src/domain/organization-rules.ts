import { workDateOf } from '@rollcall/attendance-rules';
import type { PolicyVersion } from './attendance.js';

/** By what an organization's sightings become records. */
export interface OrganizationRules {
  readonly organizationId: string;
  /** All versions; at least one holds from the beginning of time. */
  readonly policies: readonly PolicyVersion[];
}

/**
 * The version that holds for a work date, as it was known at a moment: the newest of those valid by then. A version
 * written later does not reach back by itself; so a replay decides as the first time.
 *
 * @throws RangeError when none holds.
 */
export function policyInForce({ policies }: OrganizationRules, workDate: string, knownAt: Date): PolicyVersion {
  let found: PolicyVersion | undefined;
  for (const candidate of policies) {
    if (candidate.validFrom > workDate || candidate.createdAt > knownAt) continue;
    if (found === undefined || isNewer(candidate, found)) found = candidate;
  }
  if (found === undefined) throw new RangeError(`no policy holds on ${workDate}`);
  return found;
}

function isNewer(candidate: PolicyVersion, found: PolicyVersion): boolean {
  if (candidate.validFrom !== found.validFrom) return candidate.validFrom > found.validFrom;
  return candidate.version > found.version;
}

/** A moment's work date and the policy that says so. */
export interface DatedCapture {
  /** YYYY-MM-DD. */
  readonly workDate: string;
  readonly policy: PolicyVersion;
}

/** The work date a moment counts for. Around the start of a new version the one of the work date itself decides. */
export function dateCapture(rules: OrganizationRules, capturedAt: Date, knownAt: Date): DatedCapture {
  const instant = capturedAt.getTime();
  const calendarDate = capturedAt.toISOString().slice(0, 10);
  const about = workDateOf(instant, policyInForce(rules, calendarDate, knownAt).rules);
  const policy = policyInForce(rules, about, knownAt);
  return { workDate: workDateOf(instant, policy.rules), policy };
}
