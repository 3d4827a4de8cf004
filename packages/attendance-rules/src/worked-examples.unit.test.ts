import { readFileSync } from 'node:fs';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { activityIn } from './organization/activity.js';
import { leaveOn } from './organization/leave-on.js';
import { beginningOfLog } from './organization/log-place.js';
import type { Leave } from './organization/organization-calendar.js';
import { recordForDay } from './record/record-for-day.js';
import { shiftSpan } from './time/shift-span.js';
import { dayBounds } from './time/work-day.js';
import { anEntry, aPolicy, aSighting, PERSON } from './testing/builders.js';
import type { AttendancePolicy } from './attendance-policy.js';
import type { AttendanceStatus } from './attendance-record.js';
import type { Calendar, DayActivity } from './calendar.js';
import type { Correction } from './correction.js';
import type { Shift } from './shift.js';
import type { Direction, Sighting, SightingKind } from './sighting.js';

// The table of docs/attendance.md, read as a payroll clerk reads it: every row is a test.
const columns = ['no', 'what', 'rules', 'seen', 'byHand', 'in', 'out', 'status', 'worked', 'break', 'late', 'early'];
type Row = Record<string, string>;

const page = readFileSync(new URL('../../../docs/attendance.md', import.meta.url), 'utf8');
const rows = (page.split('## Worked examples')[1] ?? '')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line): Row => {
    const cells = line.split('|').slice(1, -1);
    return Object.fromEntries([...columns, 'over'].map((column, index) => [column, (cells[index] ?? '').trim()]));
  });

describe('worked examples of docs/attendance.md', () => {
  it('are numbered from 1 without a gap, and many', () => {
    expect(rows.map((row) => Number(row['no']))).toEqual(rows.map((_, index) => index + 1));
    expect(rows.length).toBeGreaterThanOrEqual(40);
  });

  it.each(rows)('$no: $what', (row) => {
    const day = parseRules(cellOf(row, 'rules'));
    const sightings = listOf(cellOf(row, 'seen')).map((text) => parseSighting(text, day));
    const corrections = listOf(cellOf(row, 'byHand')).map((text, index) => parseCorrection(text, index, day));
    const record = recordForDay(sightings, corrections, day.policy, day.calendar);
    if (row['in'] === 'no record') {
      expect(record).toBeUndefined();
      return;
    }
    const minutes = (column: string) => Number(row[column]);
    expect(record).toMatchObject({
      checkInAt: parseTimeOrNone(cellOf(row, 'in'), day),
      checkOutAt: parseTimeOrNone(cellOf(row, 'out'), day),
      status: row['status'],
      workedMinutes: parseHours(cellOf(row, 'worked')),
      breakMinutes: minutes('break'),
      lateMinutes: minutes('late'),
      earlyLeaveMinutes: minutes('early'),
      overtimeMinutes: minutes('over'),
    });
  });
});

interface Day {
  readonly policy: AttendancePolicy;
  readonly calendar: Calendar;
}

function parseRules(text: string): Day {
  const rules: Partial<Record<string, string | number>> = {};
  const calendar: { -readonly [Key in keyof Calendar]: Calendar[Key] } = { userId: PERSON, workDate: '2025-03-03' };
  const shift: Partial<Shift> = {};
  let cutoffFromTomorrow: string | undefined;
  let inactive: string | undefined;
  const leaves: Leave[] = [];
  const readers: [RegExp, (value: string, match: RegExpExecArray) => unknown][] = [
    [/^alternating$/, () => (rules['pairing'] = 'alternating')],
    [/^by direction$/, () => (rules['pairing'] = 'by_direction')],
    [/^interval (\d+) s$/, (value) => (rules['min_interval_seconds'] = Number(value))],
    [/^cut-off (\d\d:\d\d)$/, (value) => (rules['day_cutoff'] = value)],
    [/^zone (\S+)$/, (value) => (rules['timezone'] = value)],
    [/^grace (\d+)$/, (value) => (rules['grace_minutes'] = Number(value))],
    [/^half day under (\d+)$/, (value) => (rules['half_day_under_minutes'] = Number(value))],
    [/^overtime after (\d+)$/, (value) => (rules['overtime_after_minutes'] = Number(value))],
    [/^date (\d{4}-\d\d-\d\d)$/, (value) => (calendar.workDate = value)],
    [/^shift (\d\d:\d\d-\d\d:\d\d)$/, (value) => Object.assign(shift, hoursOf(value))],
    [/^break (\d\d:\d\d-\d\d:\d\d)$/, (value) => Object.assign(shift, { breaks: [hoursOf(value)] })],
    [/^shift grace (\d+)$/, (value) => Object.assign(shift, { graceMinutes: Number(value) })],
    [/^shift half day under (\d+)$/, (value) => Object.assign(shift, { halfDayUnderMinutes: Number(value) })],
    [/^shift overtime after (\d+)$/, (value) => Object.assign(shift, { overtimeAfterMinutes: Number(value) })],
    [/^cut-off from tomorrow (\d\d:\d\d)$/, (value) => (cutoffFromTomorrow = value)],
    [/^inactive(.*)$/, (value) => (inactive = value)],
    [/^day over$/, () => (calendar.closed = true)],
    [/^holiday$/, () => (calendar.holiday = true)],
    [/^leave( until| from)?( \d\d:\d\d)?$/, (_, match) => leaves.push(aLeave(match))],
  ];
  for (const rule of listOf(text)) {
    const [pattern, read] = readers.find(([candidate]) => candidate.test(rule)) ?? [];
    const match = pattern?.exec(rule) ?? null;
    if (match === null || read === undefined) throw new Error(`the tests do not know the rule "${rule}"`);
    read(match[1] ?? '', match);
  }
  const policy = aPolicy(rules);
  const { startsAt, endsAt } = shift;
  if (startsAt !== undefined && endsAt !== undefined) {
    calendar.shiftOn = () => ({ ...shift, id: 'shift', startsAt, endsAt });
  }
  if (cutoffFromTomorrow !== undefined) {
    const later = { ...policy.rules, day_cutoff: cutoffFromTomorrow };
    calendar.rulesOn = (date) => (date > calendar.workDate ? later : policy.rules);
  }
  const leave = leaveOn(leaves, calendar.workDate, calendar.shiftOn?.(calendar.workDate), policy.rules.timezone);
  Object.assign(calendar, { onLeave: leave.wholeDay, leavePart: leave.part });
  if (inactive !== undefined) calendar.activity = parseInactive(inactive, { policy, calendar });
  return { policy, calendar };
}

/** `leave`, `leave until 13:00`, `leave from 13:00`. */
function aLeave([, word, time]: RegExpExecArray): Leave {
  return {
    ...{ startsOn: '2025-01-01', endsOn: '2025-12-31', known: beginningOfLog, withdrawn: null },
    ...(word === ' until' && { untilTime: time?.trim() ?? null }),
    ...(word === ' from' && { fromTime: time?.trim() ?? null }),
  };
}

/** `inactive`, ` from 12:00`, ` to 12:00`, or both. */
function parseInactive(text: string, day: Day): DayActivity {
  const match = /^(?: from (.*?))?(?: to (.*?))?$/.exec(text);
  if (match === null) throw new Error(`the tests do not know "inactive${text}"`);
  const [, from, to] = match;
  const spans = [
    ...(from === undefined ? [] : [{ start: -Infinity, end: parseTime(from, day) }]),
    ...(to === undefined ? [] : [{ start: parseTime(to, day), end: Infinity }]),
  ];
  const { policy, calendar } = day;
  const shift = calendar.shiftOn?.(calendar.workDate);
  if (shift === undefined) return activityIn(spans, dayBounds(calendar.workDate, policy.rules));
  return activityIn(spans, shiftSpan(shift, calendar.workDate, policy.rules.timezone));
}

function hoursOf(text: string): { readonly startsAt: string; readonly endsAt: string } {
  const [startsAt = '', endsAt = ''] = text.split('-');
  return { startsAt, endsAt };
}

/** `08:58`, `+1 02:10 (2nd)`, then optionally a direction, a kind, or `again` for a sighting that was sent before. */
function parseSighting(text: string, day: Day): Sighting {
  const words = /^(.*?)(?: (in|out))?(?: (pin|qr))?(?: (again))?$/.exec(text);
  const [, time = '', direction = 'both', kind = 'face'] = words ?? [];
  return aSighting(parseTime(time, day), {
    id: `seen ${time}`,
    direction: direction as Direction,
    kind: kind as SightingKind,
  });
}

/** `in 09:00`, `out 17:00 entered 17:01`, `status on_leave`, each also `withdrawn`. */
function parseCorrection(text: string, index: number, day: Day): Correction {
  const match = /^(withdrawn )?(in|out|status) (.*?)(?: entered (\S+))?$/.exec(text);
  if (match === null) throw new Error(`the tests do not know the entry "${text}"`);
  const [, withdrawn, what, value = '', entered] = match;
  return anEntry({
    id: `entry ${index}`,
    workDate: day.calendar.workDate,
    withdrawn: withdrawn !== undefined,
    createdAt: parseTime(entered ?? '+1 12:00', day),
    ...(what === 'in' ? { checkInAt: parseTime(value, day) } : {}),
    ...(what === 'out' ? { checkOutAt: parseTime(value, day) } : {}),
    ...(what === 'status' ? { status: value as AttendanceStatus } : {}),
  });
}

function parseTimeOrNone(text: string, day: Day): number | null {
  return text === '–' ? null : parseTime(text, day);
}

function parseTime(text: string, { policy, calendar }: Day): number {
  const match = /^(\+1 )?(\d\d:\d\d(?::\d\d)?)( \(2nd\))?$/.exec(text);
  if (match === null) throw new Error(`the tests do not know the time "${text}"`);
  const [, nextDay, time = '', second] = match;
  const date = Temporal.PlainDate.from(calendar.workDate).add({ days: nextDay === undefined ? 0 : 1 });
  return date
    .toPlainDateTime(Temporal.PlainTime.from(time))
    .toZonedDateTime(policy.rules.timezone, { disambiguation: second === undefined ? 'compatible' : 'later' })
    .epochMilliseconds;
}

function parseHours(text: string): number {
  const [hours, minutes] = text.split(':').map(Number);
  return (hours ?? NaN) * 60 + (minutes ?? NaN);
}

function listOf(text: string): string[] {
  return text === '' ? [] : text.split(', ');
}

function cellOf(row: Row, column: string): string {
  return row[column] ?? '';
}
