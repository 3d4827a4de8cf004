import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shiftSpan } from '../time/shift-span.js';
import { leaveOn } from './leave-on.js';
import { beginningOfLog } from './log-place.js';
import type { Leave } from './organization-calendar.js';

const date = '2025-03-03';
const office = { id: 'office', startsAt: '09:00', endsAt: '17:00' };
const night = { id: 'night', startsAt: '22:00', endsAt: '06:00' };
const leave = (given: Partial<Leave> = {}): Leave => ({
  ...{ startsOn: date, endsOn: date, known: beginningOfLog, withdrawn: null },
  ...given,
});
const at = (time: string, day = date) => Date.parse(`${day}T${time}:00Z`);
const on = (leaves: readonly Leave[], shift: typeof office | undefined = office) => leaveOn(leaves, date, shift, 'UTC');
const whole = { wholeDay: true, part: undefined };
const none = { wholeDay: false, part: undefined };

describe('leave of a part of the day', () => {
  it('lies at the beginning or at the end of the shift', () => {
    expect(on([leave({ untilTime: '13:00' })]).part).toEqual({ until: at('13:00'), from: at('17:00') });
    expect(on([leave({ fromTime: '13:00' })]).part).toEqual({ until: at('09:00'), from: at('13:00') });
    expect(
      on([leave({ untilTime: '10:00' }), leave({ untilTime: '11:00' }), leave({ fromTime: '16:00' })]).part,
    ).toEqual({ until: at('11:00'), from: at('16:00') });
  });

  it('is the whole day when nothing of the shift is left, and none beside the shift', () => {
    expect(on([leave({ untilTime: '13:00' }), leave({ fromTime: '13:00' })])).toEqual(whole);
    expect(on([leave({ fromTime: '08:00' })])).toEqual(whole);
    expect(on([leave({ untilTime: '08:00' })])).toEqual(none);
    expect(on([leave({ untilTime: '10:00', startsOn: '2025-03-04', endsOn: '2025-03-04' })])).toEqual(none);
  });

  it('needs a shift; a whole day does not', () => {
    expect(leaveOn([leave({ fromTime: '13:00' })], date, undefined, 'UTC')).toEqual(none);
    expect(leaveOn([leave()], date, undefined, 'UTC')).toEqual(whole);
    expect(on([leave({ untilTime: '10:00' }), leave()])).toEqual(whole);
  });

  it('goes over midnight with a night shift', () => {
    expect(on([leave({ untilTime: '02:00' })], night).part).toEqual({
      ...{ until: at('02:00', '2025-03-04'), from: at('06:00', '2025-03-04') },
    });
    expect(on([leave({ fromTime: '23:00' })], night).part?.from).toBe(at('23:00'));
    expect(on([leave({ untilTime: '12:00' })], night)).toEqual(none);
  });

  it('leaves hours within the shift, whatever the order of the leaves', () => {
    const times = fc.integer({ min: 0, max: 23 }).map((hour) => `${String(hour).padStart(2, '0')}:30`);
    const parts = fc.oneof(
      times.map((untilTime) => leave({ untilTime })),
      times.map((fromTime) => leave({ fromTime })),
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 5 }), fc.constantFrom(office, night), (leaves, shift) => {
        const { start, end } = shiftSpan(shift, date, 'UTC');
        const { wholeDay, part } = on(leaves, shift);
        expect(on(leaves.toReversed(), shift)).toEqual({ wholeDay, part });
        if (part === undefined) return;
        expect(wholeDay).toBe(false);
        expect(start <= part.until && part.until < part.from && part.from <= end).toBe(true);
        expect(part.until > start || part.from < end).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
