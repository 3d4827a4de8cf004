import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttendancePolicy } from '../attendance-policy.js';
import type { Correction } from '../correction.js';
import type { Direction, Sighting, SightingKind } from '../sighting.js';
import { anEntry, aPolicy, aSighting, PERSON } from '../testing/builders.js';
import { dayBounds } from '../time/work-day.js';
import { groupVisits } from '../visits/group-visits.js';
import { recordForDay } from './record-for-day.js';

const MINUTE = 60_000;
const workDate = '2025-03-29';
const calendar = { userId: PERSON, workDate };
const day = dayBounds(workDate, aPolicy().rules);
const pairings = fc.constantFrom('first_last', 'alternating', 'by_direction');

const times = fc.integer({ min: day.start - 120 * MINUTE, max: day.end + 120 * MINUTE });
const sighting = fc.record({
  time: times,
  direction: fc.constantFrom<Direction[]>('in', 'out', 'both'),
  kind: fc.constantFrom<SightingKind[]>('face', 'pin', 'qr'),
});
const sightings = fc
  .array(sighting, { maxLength: 30 })
  .map((list) => list.map(({ time, ...fields }, index) => aSighting(time, { id: `s${index}`, ...fields })));
const maybeTime = fc.option(fc.integer({ min: day.start, max: day.end - 1 }), { nil: null });
const corrections = fc
  .array(
    fc.record({
      checkInAt: maybeTime,
      checkOutAt: maybeTime,
      status: fc.option(fc.constantFrom('present', 'on_leave', 'half_day'), { nil: null }),
      createdAt: times,
      withdrawn: fc.boolean(),
    }),
    { maxLength: 4 },
  )
  .map((list) => list.map((fields, index) => anEntry({ ...fields, id: `c${index}`, workDate })));
const policies = fc
  .record({ pairing: pairings, min_interval_seconds: fc.integer({ min: 1, max: 3_600 }) })
  .map(aPolicy);

function compute(seen: readonly Sighting[], entered: readonly Correction[] = [], policy: AttendancePolicy = aPolicy()) {
  return recordForDay(seen, entered, policy, calendar);
}

describe('recordForDay', () => {
  it('fills every field', () => {
    const [arrival, again, departure] = [day.start + 1, day.start + 30_000, day.start + 90 * MINUTE].map((time) =>
      aSighting(time, { kind: time === day.start + 1 ? 'pin' : 'face' }),
    ) as [Sighting, Sighting, Sighting];
    expect(compute([departure, again, arrival])).toEqual({
      userId: PERSON,
      workDate,
      shiftId: null,
      checkInAt: arrival.capturedAt,
      checkOutAt: departure.capturedAt,
      status: 'present',
      workedMinutes: 89,
      breakMinutes: 0,
      lateMinutes: 0,
      earlyLeaveMinutes: 0,
      overtimeMinutes: 0,
      source: 'face+pin',
      corrected: false,
      replaced: null,
      visitCount: 2,
      openVisits: 0,
      evidence: [arrival.id, departure.id],
      policyVersionId: 'policy-1',
    });
  });

  it('names the sightings of check-in and check-out before those between', () => {
    const seen = [0, 60, 120].map((minutes) => aSighting(day.start + minutes * MINUTE, { id: `at ${minutes}` }));
    expect(compute(seen)?.evidence).toEqual(['at 0', 'at 120', 'at 60']);
  });

  it('does not change when more frames of a known visit come', () => {
    const seen = [aSighting(day.start), aSighting(day.start + 60 * MINUTE)];
    const more = [...seen, aSighting(day.start + 20_000), aSighting(day.start + 60 * MINUTE + 59_999)];
    expect(compute(more)).toEqual(compute(seen));
  });

  it('keeps what a correction replaced', () => {
    const seen = [aSighting(day.start), aSighting(day.start + 60 * MINUTE)];
    const record = compute(seen, [anEntry({ workDate, checkOutAt: day.start + 90 * MINUTE })]);
    expect(record).toMatchObject({ corrected: true, source: 'face+manual', workedMinutes: 90 });
    expect(record?.replaced).toEqual({
      checkInAt: day.start,
      checkOutAt: day.start + 60 * MINUTE,
      status: 'present',
    });
  });

  it('stays open when two entries contradict each other', () => {
    const entered = [anEntry({ workDate, checkInAt: day.start + 60 * MINUTE, checkOutAt: day.start + MINUTE })];
    expect(compute([], entered)).toMatchObject({ status: 'open', workedMinutes: 0, openVisits: 1 });
  });

  it('is open for somebody seen only by cameras that cannot tell the direction', () => {
    const record = compute([aSighting(day.start)], [], aPolicy({ pairing: 'by_direction' }));
    expect(record).toMatchObject({ status: 'open', checkInAt: null, openVisits: 1, source: 'face' });
  });

  it('ignores other people, other dates, and entries for them', () => {
    const seen = [aSighting(day.start, { userId: 'other' }), aSighting(day.start - 1), aSighting(day.end)];
    const entered = [
      anEntry({ workDate, userId: 'other', status: 'present' }),
      anEntry({ workDate: '2025-03-28', status: 'present' }),
    ];
    expect(compute(seen, entered)).toBeUndefined();
  });
});

describe('whatever happens', () => {
  it('order of arrival and repeats do not matter', () => {
    const shuffled = fc.tuple(sightings, corrections, policies).chain(([seen, entered, policy]) =>
      fc.record({
        original: fc.constant({ seen, entered, policy }),
        seen: fc.shuffledSubarray([...seen, ...seen], { minLength: seen.length * 2 }),
        entered: fc.shuffledSubarray(entered, { minLength: entered.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ original, seen, entered }) => {
        expect(compute(seen, entered, original.policy)).toEqual(
          compute(original.seen, original.entered, original.policy),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('minutes are whole and not negative, and work and breaks fit between check-in and check-out', () => {
    fc.assert(
      fc.property(sightings, corrections, policies, (seen, entered, policy) => {
        const record = compute(seen, entered, policy);
        if (record === undefined) return;
        const { workedMinutes, breakMinutes, lateMinutes, earlyLeaveMinutes, overtimeMinutes } = record;
        for (const minutes of [workedMinutes, breakMinutes, lateMinutes, earlyLeaveMinutes, overtimeMinutes]) {
          expect(Number.isInteger(minutes) && minutes >= 0).toBe(true);
        }
        if (workedMinutes + breakMinutes === 0) return;
        const end = record.checkOutAt ?? day.end;
        expect(workedMinutes + breakMinutes).toBeLessThanOrEqual((end - (record.checkInAt ?? day.start)) / MINUTE);
      }),
      { numRuns: 2_000 },
    );
  });

  it('first_last is the first and the last visit of the day and nothing else', () => {
    fc.assert(
      fc.property(sightings, fc.integer({ min: 1, max: 3_600 }), (seen, interval) => {
        const ofDay = seen.filter(({ capturedAt }) => capturedAt >= day.start && capturedAt < day.end);
        const visits = groupVisits(ofDay, interval);
        const record = compute(seen, [], aPolicy({ min_interval_seconds: interval }));
        expect(record?.checkInAt).toBe(visits[0]?.at);
        expect(record?.checkOutAt ?? undefined).toBe(visits.length > 1 ? visits.at(-1)?.at : undefined);
        expect(record?.status).toBe(visits.length === 0 ? undefined : visits.length === 1 ? 'open' : 'present');
      }),
      { numRuns: 1_000 },
    );
  });

  it('what is entered by hand survives all frames that come later', () => {
    fc.assert(
      fc.property(sightings, sightings, corrections, policies, (early, late, entered, policy) => {
        const all = [...early, ...late.map((seen) => ({ ...seen, id: `late ${seen.id}` }))];
        const stated = (field: 'checkInAt' | 'checkOutAt' | 'status') =>
          entered
            .filter((entry) => !entry.withdrawn && entry[field] !== null)
            .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
            .at(-1)?.[field];
        const record = compute(all, entered, policy);
        const [checkIn, checkOut, status] = [stated('checkInAt'), stated('checkOutAt'), stated('status')];
        if (checkIn !== undefined) expect(record?.checkInAt).toBe(checkIn);
        if (checkOut !== undefined) expect(record?.checkOutAt).toBe(checkOut);
        if (status !== undefined) expect(record?.status).toBe(status);
      }),
      { numRuns: 1_000 },
    );
  });

  it('withdrawing all corrections gives the record without them', () => {
    fc.assert(
      fc.property(sightings, corrections, policies, (seen, entered, policy) => {
        const withdrawn = entered.map((entry) => ({ ...entry, withdrawn: true }));
        expect(compute(seen, withdrawn, policy)).toEqual(compute(seen, [], policy));
      }),
      { numRuns: 1_000 },
    );
  });

  it('a missing check-out at directed cameras takes away its own pair and no other', () => {
    const stays = fc.array(
      fc.record({ stay: fc.integer({ min: 2, max: 90 }), away: fc.integer({ min: 2, max: 90 }) }),
      {
        minLength: 1,
        maxLength: 7,
      },
    );
    fc.assert(
      fc.property(stays, fc.nat(), fc.constantFrom('alternating', 'by_direction'), (list, choice, pairing) => {
        let time = day.start;
        const pairs = list.map(({ stay, away }, index) => {
          const checkIn = aSighting(time, { id: `in ${index}`, direction: 'in' });
          const checkOut = aSighting(time + stay * MINUTE, { id: `out ${index}`, direction: 'out' });
          time += (stay + away) * MINUTE;
          return { checkIn, checkOut, stay };
        });
        const missed = choice % pairs.length;
        const seen = pairs.flatMap(({ checkIn, checkOut }, index) =>
          index === missed ? [checkIn] : [checkIn, checkOut],
        );
        const others = pairs.filter((_, index) => index !== missed).reduce((sum, { stay }) => sum + stay, 0);
        expect(compute(seen, [], aPolicy({ pairing }))).toMatchObject({
          status: 'open',
          workedMinutes: others,
          openVisits: 1,
        });
      }),
      { numRuns: 1_000 },
    );
  });
});
