import type { LeavePart } from '../calendar.js';
import type { Shift } from '../shift.js';
import { instantInShift, shiftSpan } from '../time/shift-span.js';
import type { Leave } from './organization-calendar.js';

/** Leave on one work date. Without a shift only a whole day is leave: there are no hours to be away from. */
export interface LeaveOn {
  readonly wholeDay: boolean;
  readonly part: LeavePart | undefined;
}

/**
 * What leaves come to on a work date: the longest of those until a time with the longest of those from a time on. Where
 * together they cover the shift, it is leave of the whole day.
 *
 * @param leaves those that stand.
 */
export function leaveOn(
  leaves: readonly Leave[],
  workDate: string,
  shift: Shift | undefined,
  timezone: string,
): LeaveOn {
  const present = leaves.filter(({ startsOn, endsOn }) => startsOn <= workDate && workDate <= endsOn);
  if (present.some(({ untilTime, fromTime }) => !untilTime && !fromTime)) return { wholeDay: true, part: undefined };
  if (present.length === 0 || shift === undefined) return { wholeDay: false, part: undefined };
  const instants = (times: readonly (string | null | undefined)[]) =>
    times.flatMap((time) => (time ? [instantInShift(time, shift, workDate, timezone)] : []));
  const hours = shiftSpan(shift, workDate, timezone);
  const until = Math.max(hours.start, ...instants(present.map(({ untilTime }) => untilTime)));
  const from = Math.min(hours.end, ...instants(present.map(({ fromTime }) => fromTime)));
  if (until >= from) return { wholeDay: true, part: undefined };
  if (until === hours.start && from === hours.end) return { wholeDay: false, part: undefined };
  return { wholeDay: false, part: { until, from } };
}
