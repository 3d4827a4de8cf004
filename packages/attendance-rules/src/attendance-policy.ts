import type { AttendancePolicyRules } from '@rollcall/contracts';

/** The rules in force and the immutable version they come from. */
export interface AttendancePolicy {
  /** Id of the policy version; null: no version was stored yet and the defaults are in force. */
  readonly versionId: string | null;
  readonly rules: Readonly<AttendancePolicyRules>;
}

/** The part of the rules that says which work date an instant belongs to. */
export type DayRules = Readonly<Pick<AttendancePolicyRules, 'timezone' | 'day_cutoff'>>;

/** The rules of each work date (`YYYY-MM-DD`), where they change with time. */
export type DayRulesPlan = (workDate: string) => DayRules;
