/** Planned hours of one work date, as local times `HH:MM`. An end that is not after the start lies on the next day. */
export interface Shift {
  readonly id: string;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** A person's planned shifts: the one that begins on a work date (`YYYY-MM-DD`), if any. */
export type ShiftPlan = (workDate: string) => Shift | undefined;
