import { defaultAttendancePolicyRules, resolveAttendancePolicyRules } from '@rollcall/contracts';
import type { AttendancePolicyBody, AttendancePolicyOut } from '@rollcall/contracts';
import type { PolicyRow } from '../../../data-access/policy-versions.js';

/** What holds before anything was set. */
export const presetPolicy: AttendancePolicyOut = {
  policy_version_id: null,
  version: 0,
  valid_from: null,
  rules: bodyOf(defaultAttendancePolicyRules),
  created_by: null,
  created_at: null,
};

export function policyOut(row: PolicyRow): AttendancePolicyOut {
  return {
    policy_version_id: row.id,
    version: row.version,
    valid_from: row.valid_from,
    rules: bodyOf(resolveAttendancePolicyRules(row.rules)),
    created_by: row.created_by,
    created_at: row.created_at.toISOString(),
  };
}

/** The version that holds on a date: the one that became valid last, of two from one day the later version. */
export function policyInForce(versions: readonly PolicyRow[], date: string): AttendancePolicyOut {
  const [newest] = versions
    .filter(({ valid_from }) => valid_from <= date)
    .sort((a, b) => (a.valid_from === b.valid_from ? b.version - a.version : a.valid_from < b.valid_from ? 1 : -1));
  return newest === undefined ? presetPolicy : policyOut(newest);
}

function bodyOf(rules: AttendancePolicyBody): AttendancePolicyBody {
  const { pairing, min_interval_seconds, day_cutoff, grace_minutes, half_day_under_minutes, overtime_after_minutes } =
    rules;
  return {
    ...{ pairing, min_interval_seconds, day_cutoff },
    ...{ grace_minutes, half_day_under_minutes, overtime_after_minutes },
  };
}
