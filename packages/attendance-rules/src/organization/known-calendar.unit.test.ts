import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '../time/calendar-date.js';
import { recordForDay } from '../record/record-for-day.js';
import type { Sighting } from '../sighting.js';
import { knownCalendar } from './known-calendar.js';
import { beginningOfLog, comparePlaces, endOfLog, isKnown, type LogPlace } from './log-place.js';
import {
  nobodyKnown,
  type OrganizationCalendar,
  type PersonCalendar,
  type ShiftAssignment,
} from './organization-calendar.js';
import { closesAt, isAccountable, personDayBounds, personDayRules, personWorkDate } from './person-day.js';

const place = (xid: number): LogPlace => ({ epoch: 1, xid: String(xid) });
const empty: OrganizationCalendar = {
  ...{
    organizationId: 'organization',
    timezone: 'Europe/Berlin',
    policies: [],
    settings: [],
    shifts: [],
    holidays: [],
  },
};
const version = (number: number, validFrom: string, xid = number) => ({
  ...{ version: number, validFrom, known: place(xid) },
});
const policy = (number: number, validFrom: string, rules: object = {}, xid = number) => ({
  ...version(number, validFrom, xid),
  ...{ id: `v${number}`, rules: { ...rules } },
});
const office = { id: 'office', startsAt: '09:00', endsAt: '17:00' };
const night = { id: 'night', startsAt: '22:00', endsAt: '06:00' };
const shifts = [office, night].map((shift) => ({ ...version(1, '2020-01-01'), shift, retired: false }));

function assigned(shiftId: string, given: Partial<ShiftAssignment> = {}): ShiftAssignment {
  return {
    ...{ id: 'a1', validFrom: '2025-01-01', validUntil: null, known: beginningOfLog, withdrawn: null },
    pattern: [{ shiftId, weekdays: null }],
    ...given,
  };
}
const person = (given: Partial<PersonCalendar> = {}): PersonCalendar => ({ ...nobodyKnown('person'), ...given });

describe('places of the log', () => {
  it('are ordered by epoch, then as numbers', () => {
    expect(comparePlaces({ epoch: 1, xid: '99' }, { epoch: 1, xid: '100' })).toBeLessThan(0);
    expect(comparePlaces({ epoch: 2, xid: '1' }, { epoch: 1, xid: '100' })).toBeGreaterThan(0);
    expect(isKnown(place(5), place(5))).toBe(true);
    expect(isKnown(place(5), beginningOfLog)).toBe(false);
    expect(isKnown(place(5), endOfLog)).toBe(true);
  });
});

describe('the policy in force', () => {
  const policies = [
    policy(1, '1970-01-01'),
    policy(2, '2025-03-01'),
    policy(3, '2025-03-01'),
    policy(4, '2025-05-01'),
    policy(5, '2025-01-01', {}, 50),
  ];
  const idOn = (date: string, xid = 10) => knownCalendar({ ...empty, policies }, place(xid)).policyOn(date).versionId;

  it('is the one that became valid last, of two from one day the later version', () => {
    expect(['2025-02-28', '2025-03-01', '2025-04-30', '2025-05-01'].map((date) => idOn(date))).toEqual([
      ...['v1', 'v3', 'v3', 'v4'],
    ]);
  });

  it('is the same object while nothing becomes known, also before the last change', () => {
    const calendar = { ...empty, policies };
    const policyAt = (xid: number) => knownCalendar(calendar, place(xid)).policyOn('2025-02-01');
    const [first, newest] = [policyAt(10), policyAt(60)];
    expect(policyAt(11)).toBe(first);
    expect(policyAt(49)).toBe(first);
    expect(policyAt(60)).toBe(newest);
    expect(knownCalendar(calendar, place(11)).place).toEqual(place(11));
  });

  it('is not one that was written later, so that a replay decides as the first time', () => {
    expect(idOn('2025-02-01', 49)).toBe('v1');
    expect(idOn('2025-02-01', 50)).toBe('v5');
  });

  it('has the time zone of the date', () => {
    const settings = [{ ...version(1, '2025-03-04'), timezone: 'Asia/Tokyo', workWeek: [1] }];
    const known = knownCalendar({ ...empty, policies, settings }, endOfLog);
    expect(known.policyOn('2025-03-03').rules.timezone).toBe('Europe/Berlin');
    expect(known.policyOn('2025-03-04')).toMatchObject({ versionId: 'v3', rules: { timezone: 'Asia/Tokyo' } });
    const zoned = [policy(1, '1970-01-01', { timezone: 'Asia/Kolkata' })];
    const zoneOn = (date: string) =>
      knownCalendar({ ...empty, policies: zoned, settings }, endOfLog).policyOn(date).rules.timezone;
    expect([zoneOn('2025-03-03'), zoneOn('2025-03-04')]).toEqual(['Asia/Kolkata', 'Asia/Tokyo']);
    expect(known.workWeekOn('2025-03-03')).toEqual([1, 2, 3, 4, 5]);
    expect(known.workWeekOn('2025-03-04')).toEqual([1]);
  });
});

describe('shifts of a person', () => {
  const known = knownCalendar({ ...empty, shifts }, endOfLog);
  const shiftOn = (assignments: readonly ShiftAssignment[], date: string) =>
    personDayRules(known, person({ assignments }), date, 0).calendar.shiftOn?.(date)?.id;

  it('follow the work week unless the pattern names days', () => {
    expect(shiftOn([assigned('office')], '2025-03-07')).toBe('office');
    expect(shiftOn([assigned('office')], '2025-03-08')).toBeUndefined();
    const saturdays = assigned('office', { pattern: [{ shiftId: 'night', weekdays: [6] }] });
    expect([shiftOn([saturdays], '2025-03-08'), shiftOn([saturdays], '2025-03-07')]).toEqual(['night', undefined]);
  });

  it('are those of the assignment that became valid last; an empty one ends them', () => {
    const later = assigned('night', { id: 'a2', validFrom: '2025-03-03' });
    expect(shiftOn([later, assigned('office')], '2025-03-03')).toBe('night');
    const none = assigned('', { id: 'a3', validFrom: '2025-03-10', pattern: [] });
    expect(shiftOn([later, none], '2025-03-10')).toBeUndefined();
    expect(shiftOn([assigned('office', { validUntil: '2025-03-04' })], '2025-03-05')).toBeUndefined();
  });

  it('are not those of an assignment that is withdrawn or not known yet', () => {
    const early = knownCalendar({ ...empty, shifts }, place(5));
    const at = (given: Partial<ShiftAssignment>) =>
      personDayRules(early, person({ assignments: [assigned('office', given)] }), '2025-03-03', 0).calendar.shiftOn?.(
        '2025-03-03',
      );
    expect([at({ known: place(5) }), at({ known: place(6) })]).toEqual([office, undefined]);
    expect([at({ withdrawn: place(5) }), at({ withdrawn: place(6) })]).toEqual([undefined, office]);
  });

  it('end with the shift, and count again when it is changed', () => {
    const versions = [
      ...shifts,
      { ...version(2, '2025-03-04'), shift: { ...office, endsAt: '15:00' }, retired: false },
      { ...version(3, '2025-03-05'), shift: office, retired: true },
    ];
    const changed = knownCalendar({ ...empty, shifts: versions }, endOfLog);
    expect(['2025-03-03', '2025-03-04', '2025-03-05'].map((date) => changed.shiftOn('office', date)?.endsAt)).toEqual([
      '17:00',
      '15:00',
      undefined,
    ]);
  });
});

describe('the end of a day', () => {
  const graceful = { ...empty, shifts, policies: [policy(1, '2020-01-01', { grace_minutes: 10 })] };
  const known = knownCalendar(graceful, endOfLog);
  const worker = person({ assignments: [assigned('office')] });
  const end = Date.parse('2025-03-03T16:10:00Z');
  const closed = (now: number) => personDayRules(known, worker, '2025-03-03', now).calendar.closed;

  it('is the end of the shift with the grace, without a shift the cut-off', () => {
    expect(closesAt(known, worker, '2025-03-03')).toBe(end);
    expect(closesAt(known, person(), '2025-03-03')).toBe(Date.parse('2025-03-04T03:00:00Z'));
    expect([closed(end - 1), closed(end)]).toEqual([false, true]);
  });

  it('matters for people with a shift, and for leave and holidays on days of the work week', () => {
    const leave = { startsOn: '2025-03-03', endsOn: '2025-03-09', known: beginningOfLog, withdrawn: null };
    const away = person({ leaves: [leave] });
    const accountable = (who: PersonCalendar, date: string) => isAccountable(known, who, date);
    expect([accountable(worker, '2025-03-03'), accountable(worker, '2025-03-08')]).toEqual([true, false]);
    expect([accountable(away, '2025-03-03'), accountable(away, '2025-03-08')]).toEqual([true, false]);
    expect(accountable(person(), '2025-03-03')).toBe(false);
  });
});

describe('holidays', () => {
  it('count until they are withdrawn', () => {
    const holidays = [
      { date: '2025-05-01', version: 1, withdrawn: false, known: place(1) },
      { date: '2025-05-01', version: 2, withdrawn: true, known: place(2) },
    ];
    const isHoliday = (xid: number) => knownCalendar({ ...empty, holidays }, place(xid)).isHoliday('2025-05-01');
    expect([isHoliday(0), isHoliday(1), isHoliday(2)]).toEqual([false, true, false]);
  });
});

describe('properties', () => {
  const xids = fc.integer({ min: 1, max: 20 });
  const dates = fc.integer({ min: 0, max: 20 }).map((days) => addDays('2025-03-20', days));
  const calendars = fc.record({
    policies: fc.array(
      fc.record({ xid: xids, from: dates, cutoff: fc.constantFrom('00:00', '04:00', '12:00', '23:00') }),
      { maxLength: 4 },
    ),
    settings: fc.array(
      fc.record({ xid: xids, from: dates, zone: fc.constantFrom('UTC', 'Asia/Tokyo', 'Pacific/Pago_Pago') }),
      { maxLength: 3 },
    ),
    assignments: fc.array(fc.record({ xid: xids, from: dates, shift: fc.constantFrom('office', 'night') }), {
      maxLength: 3,
    }),
  });
  type Given = typeof calendars extends fc.Arbitrary<infer Value> ? Value : never;
  const build = ({ policies, settings, assignments }: Given) => ({
    calendar: {
      ...empty,
      shifts,
      policies: policies.map(({ xid, from, cutoff }, i) => policy(i + 1, from, { day_cutoff: cutoff }, xid)),
      settings: settings.map(({ xid, from, zone }, i) => ({
        ...version(i + 1, from, xid),
        ...{ timezone: zone, workWeek: [1, 3, 5, 7] },
      })),
    },
    worker: person({
      assignments: assignments.map(({ xid, from, shift }, i) =>
        assigned(shift, { id: `a${i}`, validFrom: from, known: place(xid) }),
      ),
    }),
  });

  it('what is written later changes nothing for an event', () => {
    fc.assert(
      fc.property(calendars, xids, dates, (given, xid, date) => {
        const { calendar, worker } = build(given);
        const rest = build({
          policies: given.policies.filter((row) => row.xid <= xid),
          settings: given.settings.filter((row) => row.xid <= xid),
          assignments: given.assignments.filter((row) => row.xid <= xid),
        });
        // Version numbers only order versions: the same order gives the same bounds.
        const now = personDayBounds(knownCalendar(calendar, place(xid)), worker, date);
        expect(personDayBounds(knownCalendar(rest.calendar, endOfLog), rest.worker, date)).toEqual(now);
      }),
      { numRuns: 1_000 },
    );
  });

  it('every sighting counts for exactly one work date, whatever changes in between', () => {
    const instants = fc.integer({ min: Date.UTC(2025, 2, 22), max: Date.UTC(2025, 3, 8) });
    fc.assert(
      fc.property(calendars, instants, (given, instant) => {
        const { calendar, worker } = build(given);
        const known = knownCalendar(calendar, endOfLog);
        const home = personWorkDate(known, worker, instant);
        const seen: Sighting = {
          ...{ id: 's', userId: 'person', capturedAt: instant, sourceId: null, direction: 'both', kind: 'face' },
        };
        const counted = [-3, -2, -1, 0, 1, 2, 3]
          .map((offset) => addDays(home, offset))
          .filter((date) => {
            const { policy: inForce, calendar: day } = personDayRules(known, worker, date, 0);
            return (recordForDay([seen], [], inForce, day)?.visitCount ?? 0) > 0;
          });
        expect(counted).toEqual([home]);
      }),
      { numRuns: 1_000 },
    );
  });
});
