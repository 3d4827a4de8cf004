import {
  addDays,
  beginningOfLog,
  closesAt,
  isSettledByItsEnd,
  nobodyKnown,
  utcDateOf,
  type KnownCalendar,
  type PersonCalendar,
} from '@rollcall/attendance-rules';

/** From an instant, which does not belong to it, to another, which does; epoch milliseconds. */
export interface ClosingWindow {
  readonly from: number;
  readonly until: number;
}

/** People whose work date ends at the same time. */
export interface ClosedDay {
  readonly workDate: string;
  readonly userIds: readonly string[];
}

/** Dates whose days can end in a window: a day ends up to two dates after it began, in any time zone. */
function datesAround({ from, until }: ClosingWindow): string[] {
  const last = addDays(utcDateOf(until), 1);
  const dates: string[] = [];
  for (let date = addDays(utcDateOf(from), -3); date <= last; date = addDays(date, 1)) dates.push(date);
  return dates;
}

/**
 * Whether the day of anybody at all can end in a window: the end of a shift, or of the day of somebody without one, who
 * may have one from the next day on: that moves the cut-off. Asked every minute, so that people need not be.
 */
export function mayClose(known: KnownCalendar, shiftIds: readonly string[], window: ClosingWindow): boolean {
  return datesAround(window).some((date) => {
    const beginners = shiftIds.flatMap((id) => [date, addDays(date, 1)].map((validFrom) => workerOf(id, validFrom)));
    return [nobodyKnown(''), ...beginners].some((person) => isWithin(closesAt(known, person, date), window));
  });
}

/** Somebody who works a shift every day from a date on. */
function workerOf(shiftId: string, validFrom: string): PersonCalendar {
  const always = { validUntil: null, known: beginningOfLog, withdrawn: null };
  const pattern = [{ shiftId, weekdays: [1, 2, 3, 4, 5, 6, 7] }];
  return { ...nobodyKnown(shiftId), assignments: [{ ...always, id: shiftId, validFrom, pattern }] };
}

/** Whose work dates ended in a window, by date: those of whom that may say something that was not known before. */
export function daysClosedIn(
  known: KnownCalendar,
  people: Iterable<PersonCalendar>,
  window: ClosingWindow,
): ClosedDay[] {
  const dates = datesAround(window);
  const closed = new Map<string, string[]>();
  for (const person of people) {
    for (const date of dates) {
      if (!isWithin(closesAt(known, person, date), window) || !isSettledByItsEnd(known, person, date)) continue;
      const userIds = closed.get(date);
      if (userIds === undefined) closed.set(date, [person.userId]);
      else userIds.push(person.userId);
    }
  }
  return [...closed]
    .map(([workDate, userIds]) => ({ workDate, userIds }))
    .sort((a, b) => (a.workDate < b.workDate ? -1 : 1));
}

function isWithin(instant: number, { from, until }: ClosingWindow): boolean {
  return instant > from && instant <= until;
}
