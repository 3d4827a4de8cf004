import { dayBounds, type DayRules } from '@rollcall/attendance-rules';
import type { ManualAttendanceItem, SchemaProblem } from '@rollcall/contracts';

const HOUR_MS = 3_600_000;
/** Nobody works longer at a stretch; what is longer is a slip of the date. */
const LONGEST_MS = 24 * HOUR_MS;
/** A shift moves the cut-off by no more (see the rules): who leaves a night shift still belongs to the date it began. */
const AFTER_DAY_MS = 11 * HOUR_MS;
/** Who begins just after midnight may come this much before it. */
const BEFORE_DATE_MS = 4 * HOUR_MS;
/** What is longer ago is a slip of the year. */
const OLDEST_YEARS = 10;

export interface ManualItemRules {
  readonly now: Date;
  /** When the person was removed; null: they are here. Their days up to that one can still be settled. */
  readonly leftAt: Date | null;
  /** Time zone and cut-off that hold on the work date. */
  readonly dayRules: DayRules;
}

/**
 * What is wrong with an entry by hand, beyond its form: nothing stated, a day after the person was removed, times in the
 * future, out of the work date, in the wrong order or absurdly far apart. Paths are those within the item.
 */
export function checkManualItem(
  item: ManualAttendanceItem,
  { now, leftAt, dayRules }: ManualItemRules,
): SchemaProblem[] {
  const checkIn = toInstant(item.check_in_at);
  const checkOut = toInstant(item.check_out_at);
  const stated = checkIn !== null || checkOut !== null || (item.status ?? null) !== null;
  if (!stated) return [problem('', 'NOTHING_STATED', 'states neither check-in nor check-out nor status')];
  const misdated = checkWorkDate(item.work_date, now, dayRules) ?? checkLeaving(item.work_date, leftAt, dayRules);
  if (misdated !== undefined) return [misdated];
  const window = entryWindow(item.work_date, dayRules);
  const problems = [
    checkTime('/check_in_at', checkIn, now, { start: window.start, end: window.lastArrival }),
    checkTime('/check_out_at', checkOut, now, { start: window.start, end: window.lastDeparture }),
    checkOrder(checkIn, checkOut),
    checkStatus(item, checkIn ?? checkOut),
  ];
  return problems.filter((found) => found !== undefined);
}

/** The day somebody left is theirs as a whole: they are removed in its course, or when it is over. */
function checkLeaving(workDate: string, leftAt: Date | null, dayRules: DayRules): SchemaProblem | undefined {
  if (leftAt === null || midnightOf(workDate, dayRules) <= leftAt.getTime()) return undefined;
  return problem('/work_date', 'AFTER_REMOVAL', 'is after the day the person was removed');
}

function midnightOf(workDate: string, dayRules: DayRules): number {
  return dayBounds(workDate, { ...dayRules, day_cutoff: '00:00' }).start;
}

function checkWorkDate(workDate: string, now: Date, dayRules: DayRules): SchemaProblem | undefined {
  const starts = midnightOf(workDate, dayRules);
  if (starts > now.getTime()) return problem('/work_date', 'IN_FUTURE', 'has not begun yet');
  const oldest = new Date(now);
  oldest.setUTCFullYear(oldest.getUTCFullYear() - OLDEST_YEARS);
  if (starts >= oldest.getTime()) return undefined;
  return problem('/work_date', 'TOO_LONG_AGO', `is more than ${String(OLDEST_YEARS)} years ago`);
}

/** Wide enough for every shift there may be: cut-offs move with shifts, by eleven hours at most. */
function entryWindow(workDate: string, dayRules: DayRules) {
  const midnight = midnightOf(workDate, dayRules);
  const { start, end } = dayBounds(workDate, dayRules);
  return {
    start: Math.min(start, midnight - BEFORE_DATE_MS),
    lastArrival: end,
    lastDeparture: end + AFTER_DAY_MS,
  };
}

function checkTime(
  path: string,
  at: number | null,
  now: Date,
  span: { readonly start: number; readonly end: number },
): SchemaProblem | undefined {
  if (at === null) return undefined;
  if (Number.isNaN(at)) return problem(path, 'WRONG_FORMAT', 'is not a time');
  if (at > now.getTime()) return problem(path, 'IN_FUTURE', 'lies in the future');
  if (at >= span.start && at < span.end) return undefined;
  return problem(path, 'OUTSIDE_WORK_DATE', 'does not lie on the work date');
}

function checkOrder(checkIn: number | null, checkOut: number | null): SchemaProblem | undefined {
  if (checkIn === null || checkOut === null) return undefined;
  if (checkOut <= checkIn) return problem('/check_out_at', 'NOT_AFTER_CHECK_IN', 'must be after the check-in');
  if (checkOut - checkIn <= LONGEST_MS) return undefined;
  return problem('/check_out_at', 'TOO_LONG', 'is more than 24 hours after the check-in');
}

function checkStatus(item: ManualAttendanceItem, time: number | null): SchemaProblem | undefined {
  if (item.status !== 'absent' || time === null) return undefined;
  return problem('/status', 'CONTRADICTS_TIMES', 'who came was not absent');
}

function toInstant(time: string | null | undefined): number | null {
  return time === null || time === undefined ? null : new Date(time).getTime();
}

function problem(path: string, code: string, message: string): SchemaProblem {
  return { path, code, message };
}
