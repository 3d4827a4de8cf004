import type { DayRulesPlan } from './attendance-policy.js';
import type { ShiftPlan } from './shift.js';

/** What the calendar says about one person's one work date. */
export interface Calendar {
  readonly userId: string;
  /** `YYYY-MM-DD`. */
  readonly workDate: string;
  /** The person's shifts; the neighbouring dates are asked as well, for where a night shift ends. Default: none. */
  readonly shiftOn?: ShiftPlan | undefined;
  /** Cut-off and time zone of the neighbouring dates, where they are others. Default: the policy's for all. */
  readonly rulesOn?: DayRulesPlan | undefined;
  /** The date is a public holiday for this person. */
  readonly holiday?: boolean;
  /** The person is on leave. */
  readonly onLeave?: boolean;
  /** The work day is over: absences are written and an early leave or a half day is known. Default false. */
  readonly closed?: boolean;
}
