import type { DayRulesPlan } from './attendance-policy.js';
import type { ShiftPlan } from './shift.js';

/**
 * How much of the planned hours, or of the whole work day where there is no shift, a person was active: added, not removed
 * and not switched off. What is measured at a moment counts for who was active at that moment.
 */
export interface DayActivity {
  /** At some moment: else nothing is expected of the person. */
  readonly any: boolean;
  /** When the hours began: who was not cannot be late. */
  readonly atStart: boolean;
  /** When the hours ended: who was not cannot have left early. */
  readonly atEnd: boolean;
  /** From the beginning to the end: nobody else is absent or has half a day. */
  readonly whole: boolean;
}

/** Leave of a part of a shift, epoch milliseconds: what lies between the two is expected of the person. */
export interface LeavePart {
  /** End of the leave at the beginning of the shift; the start of the shift where there is none. */
  readonly until: number;
  /** Start of the leave at its end; the end of the shift where there is none. */
  readonly from: number;
}

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
  /** The person is on leave, all of the day. */
  readonly onLeave?: boolean;
  /** The person is on leave for a part of the shift. Default: for none. */
  readonly leavePart?: LeavePart | undefined;
  /** The work day is over: absences are written and an early leave or a half day is known. Default false. */
  readonly closed?: boolean;
  /** When the person was active. Default: all the time. */
  readonly activity?: DayActivity;
}
