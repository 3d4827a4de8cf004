/** Planned hours of one work date, as local times `HH:MM`. An end that is not after the start lies on the next day. */
export interface Shift {
  readonly id: string;
  readonly startsAt: string;
  readonly endsAt: string;
  /** Unpaid breaks within the hours, as local times. Default: none. */
  readonly breaks?: readonly ShiftBreak[];
  /** What the shift says itself instead of the policy; null or absent: the policy counts. */
  readonly graceMinutes?: number | null;
  readonly halfDayUnderMinutes?: number | null;
  readonly overtimeAfterMinutes?: number | null;
}

export interface ShiftBreak {
  readonly startsAt: string;
  readonly endsAt: string;
}

/** A person's planned shifts: the one that begins on a work date (`YYYY-MM-DD`), if any. */
export type ShiftPlan = (workDate: string) => Shift | undefined;
