import { addDays } from '@rollcall/attendance-rules';
import type { StoredEvent } from '@rollcall/contracts';

/** A person's work date that an event wants computed, whether it brings sightings of it or not. */
export interface DayToCompute {
  readonly userId: string;
  readonly workDate: string;
  /** Leave it alone when there is neither a sighting nor a record of it. */
  readonly existingOnly: boolean;
}

/** The days an event has computed anew: a case for each type that changes what days come to without a sighting. */
export function daysToCompute(event: StoredEvent): DayToCompute[] {
  switch (event.type) {
    case 'workday.closed':
      return daysOf(event.payload.user_ids, [event.payload.work_date], false);
    case 'attendance.recomputation_requested': {
      const { user_ids, from, to, existing_only } = event.payload;
      return daysOf(user_ids, datesBetween(from, to), existing_only);
    }
    case 'attendance.corrected':
    case 'attendance.correction_withdrawn':
      return daysOf([event.payload.user_id], [event.payload.work_date], false);
    default:
      return [];
  }
}

/** How many days an event has computed that bring no sighting: what it costs. */
export function weightOf(event: StoredEvent): number {
  return daysToCompute(event).length;
}

function daysOf(userIds: readonly string[], workDates: readonly string[], existingOnly: boolean): DayToCompute[] {
  return userIds.flatMap((userId) => workDates.map((workDate) => ({ userId, workDate, existingOnly })));
}

function datesBetween(from: string, to: string): string[] {
  const dates: string[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) dates.push(date);
  return dates;
}
