import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../time/calendar-date.js';
import { recordForDay } from '../record/record-for-day.js';
import { PERSON } from '../testing/builders.js';
import { activeSpans, activityIn, type ActivityChange } from './activity.js';
import { knownCalendar } from './known-calendar.js';
import { beginningOfLog, endOfLog, type LogPlace } from './log-place.js';
import { nobodyKnown, type OrganizationCalendar, type PersonCalendar } from './organization-calendar.js';
import { isAccountable, personDayRules } from './person-day.js';

const HOUR = 3_600_000;
const place = (xid: number): LogPlace => ({ epoch: 1, xid: String(xid) });
const office = { id: 'office', startsAt: '09:00', endsAt: '17:00' };
const calendar: OrganizationCalendar = {
  ...{ organizationId: 'organization', timezone: 'UTC', settings: [], holidays: [] },
  policies: [{ id: 'v1', version: 1, validFrom: '2020-01-01', known: beginningOfLog, rules: { grace_minutes: 10 } }],
  shifts: [{ version: 1, validFrom: '2020-01-01', known: beginningOfLog, shift: office, retired: false }],
};
const everyDay = [{ shiftId: 'office', weekdays: [1, 2, 3, 4, 5, 6, 7] }];
const change = (active: boolean, since: number | string, xid = 1): ActivityChange => ({
  ...{ active, since: typeof since === 'number' ? since : Date.parse(since), known: place(xid) },
});
const worker = (activity: readonly ActivityChange[], given: Partial<PersonCalendar> = {}): PersonCalendar => ({
  ...nobodyKnown(PERSON),
  assignments: [
    { id: 'a1', validFrom: '2020-01-01', validUntil: null, pattern: everyDay, known: beginningOfLog, withdrawn: null },
  ],
  activity,
  ...given,
});
const LONG_AFTER = Date.parse('2026-01-01T00:00:00Z');

/** What comes of a day on which nobody was seen, computed anew long after. */
function statusOf(person: PersonCalendar, date: string, at: LogPlace = endOfLog): string | undefined {
  const day = personDayRules(knownCalendar(calendar, at), person, date, LONG_AFTER);
  return recordForDay([], [], day.policy, day.calendar)?.status;
}

describe('times in which a person was active', () => {
  const spansOf = (changes: readonly ActivityChange[], at = endOfLog) =>
    activeSpans({ addedAt: 10, activity: changes }, at).map(({ start, end }) => [start, end]);

  it('begin when they were added and are interrupted by being switched off', () => {
    expect(spansOf([])).toEqual([[10, Infinity]]);
    expect(spansOf([change(false, 20), change(true, 30), change(false, 40)])).toEqual([
      ...[
        [10, 20],
        [30, 40],
      ],
    ]);
  });

  it('do not begin for somebody who was added inactive', () => {
    expect(spansOf([change(false, 10)])).toEqual([]);
    expect(spansOf([change(false, 10), change(true, 25)])).toEqual([[25, Infinity]]);
  });

  it('are those of the order of writing, also when a clock went back; what is said twice is said once', () => {
    expect(spansOf([change(false, 20), change(true, 19)])).toEqual([[10, Infinity]]);
    expect(spansOf([change(true, 12), change(false, 20), change(false, 25), change(true, 30)])).toEqual([
      ...[
        [10, 20],
        [30, Infinity],
      ],
    ]);
  });

  it('are not ended by what is not known yet', () => {
    const changes = [change(false, 20, 5), change(true, 30, 7)];
    expect([4, 5, 7].map((xid) => spansOf(changes, place(xid)))).toEqual([
      [[10, Infinity]],
      [[10, 20]],
      [
        [10, 20],
        [30, Infinity],
      ],
    ]);
  });

  it('touch hours at their start, at their end, or throughout', () => {
    const hours = { start: 100, end: 200 };
    const of = (...pairs: [number, number][]) =>
      activityIn(
        pairs.map(([start, end]) => ({ start, end })),
        hours,
      );
    expect(of([100, 200])).toEqual({ any: true, atStart: true, atEnd: true, whole: true });
    expect(of([0, 100], [200, 300])).toEqual({ any: false, atStart: false, atEnd: false, whole: false });
    expect(of([0, 150], [160, 300])).toEqual({ any: true, atStart: true, atEnd: true, whole: false });
    expect(of([101, 199])).toEqual({ any: true, atStart: false, atEnd: false, whole: false });
  });
});

describe('a day computed anew', () => {
  const away = worker([change(false, '2025-03-04T12:00:00Z', 5), change(true, '2025-03-07T08:00:00Z', 9)]);
  const dates = ['2025-03-03', '2025-03-04', '2025-03-05', '2025-03-06', '2025-03-07'];

  it('is no absence while the person was inactive, and one before and after', () => {
    expect(dates.map((date) => statusOf(away, date))).toEqual(['absent', undefined, undefined, undefined, 'absent']);
  });

  it('is judged by what was known at the place of the log', () => {
    expect(dates.map((date) => statusOf(away, date, place(4)))).toEqual(dates.map(() => 'absent'));
    expect(dates.map((date) => statusOf(away, date, place(8)))).toEqual(['absent', ...Array<undefined>(4)]);
  });

  it('is no absence before the person was added, nor after they left', () => {
    const guest = worker([change(false, '2025-03-05T17:00:00Z')], { addedAt: Date.parse('2025-03-04T09:00:00Z') });
    expect(dates.map((date) => statusOf(guest, date))).toEqual([undefined, 'absent', 'absent', undefined, undefined]);
  });

  it('counts for a closing as it does for the record', () => {
    const known = knownCalendar(calendar, endOfLog);
    expect(dates.map((date) => isAccountable(known, away, date))).toEqual([true, false, false, false, true]);
  });

  it('has leave and holidays of days on which the person was active for a part', () => {
    const leave = { startsOn: '2025-03-01', endsOn: '2025-03-31', known: beginningOfLog, withdrawn: null };
    const onLeave = { ...away, leaves: [leave] };
    expect(dates.map((date) => statusOf(onLeave, date))).toEqual([
      ...['on_leave', 'on_leave', undefined, undefined, 'on_leave'],
    ]);
    const known = knownCalendar(calendar, endOfLog);
    expect(dates.map((date) => isAccountable(known, onLeave, date))).toEqual([true, true, false, false, true]);
  });
});

describe('properties', () => {
  const first = Date.parse('2025-03-01T00:00:00Z');
  const toggles = fc.array(fc.record({ hours: fc.integer({ min: 0, max: 80 }), active: fc.boolean() }), {
    maxLength: 6,
  });
  /** Each written after the one before, and known from then on. */
  const build = (given: readonly { readonly hours: number; readonly active: boolean }[]) => {
    let at = first;
    return given.map(({ hours, active }, index) => change(active, (at += hours * HOUR), index + 1));
  };

  it('nobody is absent who was inactive for a moment of the shift, everybody else is, by any number of changes', () => {
    const days = fc.integer({ min: 0, max: 20 }).map((number) => addDays('2025-03-01', number));
    fc.assert(
      fc.property(toggles, days, (given, date) => {
        const changes = build(given);
        const [start, end] = [Date.parse(`${date}T09:00:00Z`), Date.parse(`${date}T17:00:00Z`)];
        // Hour by hour, as the changes fall on whole hours.
        const activeAt = (moment: number) => changes.findLast(({ since }) => since <= moment)?.active ?? true;
        const hours = Array.from({ length: (end - start) / HOUR }, (_, index) => start + index * HOUR);
        const expected = hours.every(activeAt) ? 'absent' : undefined;
        expect(statusOf(worker(changes), date)).toBe(expected);
        expect(isAccountable(knownCalendar(calendar, endOfLog), worker(changes), date)).toBe(expected === 'absent');
      }),
      { numRuns: 1_000 },
    );
  });

  it('what is written later changes nothing for an event', () => {
    const days = fc.integer({ min: 0, max: 20 }).map((number) => addDays('2025-03-01', number));
    fc.assert(
      fc.property(toggles, days, fc.integer({ min: 0, max: 7 }), (given, date, xid) => {
        const changes = build(given);
        const then = statusOf(worker(changes.slice(0, xid)), date);
        expect(statusOf(worker(changes), date, place(xid))).toBe(then);
      }),
      { numRuns: 1_000 },
    );
  });
});
