import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import type { DayRulesPlan } from '../attendance-policy.js';
import type { Shift, ShiftPlan } from '../shift.js';
import { addDays } from './calendar-date.js';
import { dayBounds, workDateOf } from './work-day.js';

const HOUR = 3_600_000;
const berlin = { timezone: 'Europe/Berlin', day_cutoff: '04:00' };
const hoursOf = (date: string, rules = berlin) => {
  const { start, end } = dayBounds(date, rules);
  return (end - start) / HOUR;
};
const at = (text: string) => Temporal.ZonedDateTime.from(text).epochMilliseconds;

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Africa/Casablanca',
];
const rules = fc.record({
  timezone: fc.constantFrom(...zones),
  day_cutoff: fc.constantFrom('00:00', '02:30', '04:00', '12:00', '23:59'),
});
const instants = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2030, 0, 1) });
const clock = fc
  .integer({ min: 0, max: 47 })
  .map((half) => `${String(Math.floor(half / 2)).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}`);
const shifts: fc.Arbitrary<Shift | undefined> = fc.option(
  fc.record({ id: fc.constant('shift'), startsAt: clock, endsAt: clock }),
  { nil: undefined },
);
/** A plan that repeats with the day of the month, so that neighbouring dates have different shifts. */
const plans: fc.Arbitrary<ShiftPlan> = fc
  .array(shifts, { minLength: 1, maxLength: 5 })
  .map((week) => (date) => week[Number(date.slice(8)) % week.length]);

describe('dayBounds', () => {
  it('runs from cut-off to cut-off in local time', () => {
    expect(dayBounds('2025-03-03', berlin)).toEqual({
      start: at('2025-03-03T04:00[Europe/Berlin]'),
      end: at('2025-03-04T04:00[Europe/Berlin]'),
    });
  });

  it('has 23, 24 or 25 hours where the clocks change', () => {
    expect(hoursOf('2025-03-28')).toBe(24);
    expect(hoursOf('2025-03-29')).toBe(23);
    expect(hoursOf('2025-10-25')).toBe(25);
    expect(hoursOf('2025-03-30', { ...berlin, day_cutoff: '00:00' })).toBe(23);
    expect(hoursOf('2025-10-04', { timezone: 'Australia/Lord_Howe', day_cutoff: '04:00' })).toBe(23.5);
  });

  it('copes with a cut-off that the clocks skip or show twice', () => {
    expect(hoursOf('2025-03-29', { ...berlin, day_cutoff: '02:30' })).toBe(24);
    expect(hoursOf('2025-03-30', { ...berlin, day_cutoff: '02:30' })).toBe(23);
    expect(hoursOf('2025-10-26', { ...berlin, day_cutoff: '02:30' })).toBe(25);
  });

  it('makes room for a night shift and for one that begins before the cut-off', () => {
    const night: Shift = { id: 'night', startsAt: '22:00', endsAt: '06:00' };
    const early: Shift = { id: 'early', startsAt: '03:00', endsAt: '11:00' };
    expect(dayBounds('2025-03-03', berlin, () => night).start).toBe(at('2025-03-03T10:00[Europe/Berlin]'));
    expect(dayBounds('2025-03-03', berlin, () => early).start).toBe(at('2025-03-02T23:00[Europe/Berlin]'));
  });

  it('lies in the middle between shifts that are close together', () => {
    const plan: ShiftPlan = (date) =>
      date === '2025-03-03'
        ? { id: 'late', startsAt: '16:00', endsAt: '00:00' }
        : { id: 'early', startsAt: '06:00', endsAt: '14:00' };
    expect(dayBounds('2025-03-04', berlin, plan).start).toBe(at('2025-03-04T03:00[Europe/Berlin]'));
  });

  it('refuses a time zone that does not exist and a date that is none', () => {
    expect(() => dayBounds('2025-03-03', { ...berlin, timezone: 'Mars/Olympus' })).toThrow(RangeError);
    expect(() => dayBounds('2025-02-30', berlin)).toThrow(RangeError);
  });

  it('adds up: every day begins where the one before ended, with any shifts', () => {
    fc.assert(
      fc.property(rules, instants, plans, (day, instant, plan) => {
        const date = new Date(instant).toISOString().slice(0, 10);
        const [first, second] = [dayBounds(date, day, plan), dayBounds(addDays(date, 1), day, plan)];
        expect(first.end).toBe(second.start);
        expect(first.end).toBeGreaterThan(first.start);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Rules that change once, on a date near the others, to any other cut-off and time zone. */
const changes = fc.record({ before: rules, after: rules, daysLater: fc.integer({ min: -3, max: 3 }) });
const planOf =
  ({ before, after, daysLater }: { before: object; after: object; daysLater: number }, date: string) =>
  (workDate: string) =>
    (workDate < addDays(date, daysLater) ? before : after) as ReturnType<DayRulesPlan>;

describe('where cut-off or time zone change', () => {
  it('the day before is longer or shorter by the difference', () => {
    const plan: DayRulesPlan = (date) => ({ ...berlin, day_cutoff: date < '2025-03-04' ? '04:00' : '10:00' });
    expect(dayBounds('2025-03-03', plan)).toEqual({
      start: at('2025-03-03T04:00[Europe/Berlin]'),
      end: at('2025-03-04T10:00[Europe/Berlin]'),
    });
    expect(workDateOf(at('2025-03-04T06:00[Europe/Berlin]'), plan)).toBe('2025-03-03');
  });

  it('a day may be empty, and none is less than that', () => {
    const plan: DayRulesPlan = (date) => ({
      timezone: date < '2025-03-04' ? 'Pacific/Pago_Pago' : 'Pacific/Kiritimati',
      day_cutoff: '04:00',
    });
    const { start, end } = dayBounds('2025-03-03', plan);
    expect(end).toBe(start);
    expect(dayBounds('2025-03-04', plan).start).toBe(end);
  });

  it('no instant falls between two days or into two, whatever changes', () => {
    fc.assert(
      fc.property(changes, instants, plans, (change, instant, shiftOn) => {
        const date = new Date(instant).toISOString().slice(0, 10);
        const plan = planOf(change, date);
        for (let offset = -4; offset < 5; offset += 1) {
          const [day, next] = [addDays(date, offset), addDays(date, offset + 1)].map((d) =>
            dayBounds(d, plan, shiftOn),
          );
          expect(day?.end).toBe(next?.start);
          expect(day?.end).toBeGreaterThanOrEqual(day?.start ?? NaN);
        }
        const { start, end } = dayBounds(workDateOf(instant, plan, shiftOn), plan, shiftOn);
        expect(instant).toBeGreaterThanOrEqual(start);
        expect(instant).toBeLessThan(end);
      }),
      { numRuns: 1_000 },
    );
  });

  it('days far from the change are what they always were', () => {
    fc.assert(
      fc.property(changes, instants, (change, instant) => {
        const date = new Date(instant).toISOString().slice(0, 10);
        const plan = planOf(change, date);
        const [before, after] = [addDays(date, -8), addDays(date, 8)];
        expect(dayBounds(before, plan)).toEqual(dayBounds(before, change.before as never));
        expect(dayBounds(after, plan)).toEqual(dayBounds(after, change.after as never));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('workDateOf', () => {
  it('follows the cut-off to the millisecond', () => {
    const cutoff = at('2025-03-04T04:00[Europe/Berlin]');
    expect(workDateOf(cutoff - 1, berlin)).toBe('2025-03-03');
    expect(workDateOf(cutoff, berlin)).toBe('2025-03-04');
  });

  it('keeps the end of a night shift on the date it began', () => {
    const night: ShiftPlan = () => ({ id: 'night', startsAt: '22:00', endsAt: '06:00' });
    expect(workDateOf(at('2025-03-04T06:05[Europe/Berlin]'), berlin, night)).toBe('2025-03-03');
    expect(workDateOf(at('2025-03-04T06:05[Europe/Berlin]'), berlin)).toBe('2025-03-04');
  });

  it('names the one day whose bounds hold the instant, with any shifts', () => {
    fc.assert(
      fc.property(rules, instants, fc.option(plans, { nil: undefined }), (day, instant, plan) => {
        const date = workDateOf(instant, day, plan);
        const { start, end } = dayBounds(date, day, plan);
        expect(instant).toBeGreaterThanOrEqual(start);
        expect(instant).toBeLessThan(end);
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees with the local calendar when the cut-off is midnight', () => {
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (timezone, instant) => {
        const local = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timezone).toPlainDate();
        expect(workDateOf(instant, { timezone, day_cutoff: '00:00' })).toBe(local.toString());
      }),
      { numRuns: 1_000 },
    );
  });
});
