import {
  beginningOfLog,
  endOfLog,
  knownCalendar,
  nobodyKnown,
  type OrganizationCalendar,
  type PersonCalendar,
} from '@rollcall/attendance-rules';
import { describe, expect, it } from 'vitest';
import { daysClosedIn, mayClose } from './closing-days.js';

const always = { version: 1, validFrom: '1970-01-01', known: beginningOfLog };
const early = { id: 'early', startsAt: '06:00', endsAt: '14:00' };
const calendar: OrganizationCalendar = {
  ...{ organizationId: 'o', timezone: 'UTC', policies: [], settings: [], holidays: [] },
  shifts: [{ ...always, shift: early, retired: false }],
};
const known = knownCalendar(calendar, endOfLog);

/** On leave on Monday 3 March 2025, with a shift from the day after on. */
const beginner: PersonCalendar = {
  ...nobodyKnown('ada'),
  leaves: [{ startsOn: '2025-03-03', endsOn: '2025-03-03', known: beginningOfLog, withdrawn: null }],
  assignments: [
    {
      ...{ id: 'a', validFrom: '2025-03-04', validUntil: null, known: beginningOfLog, withdrawn: null },
      pattern: [{ shiftId: 'early', weekdays: [1, 2, 3, 4, 5, 6, 7] }],
    },
  ],
};
const around = (time: string) => ({ from: Date.parse(time) - 60_000, until: Date.parse(time) });

describe('the windows in which days may end', () => {
  it('have the last day before somebody’s first early shift, which ends earlier for it', () => {
    const window = around('2025-03-04T02:00:00Z');
    expect(daysClosedIn(known, [beginner], window)).toEqual([{ workDate: '2025-03-03', userIds: ['ada'] }]);
    expect(mayClose(known, ['early'], window)).toBe(true);
  });

  it('have the end of a shift and that of a day without one, and no other moment', () => {
    expect(mayClose(known, ['early'], around('2025-03-04T14:00:00Z'))).toBe(true);
    expect(mayClose(known, ['early'], around('2025-03-04T04:00:00Z'))).toBe(true);
    expect(mayClose(known, ['early'], around('2025-03-04T09:00:00Z'))).toBe(false);
    expect(mayClose(known, [], around('2025-03-04T14:00:00Z'))).toBe(false);
  });

  it('have the first day of somebody who was added during the shift: who is seen may leave early', () => {
    const added = Date.parse('2025-03-05T09:00:00Z');
    const closed = daysClosedIn(known, [{ ...beginner, addedAt: added }], around('2025-03-05T14:00:00Z'));
    expect(closed).toEqual([{ workDate: '2025-03-05', userIds: ['ada'] }]);
    const later = Date.parse('2025-03-05T14:00:00Z');
    expect(daysClosedIn(known, [{ ...beginner, addedAt: later }], around('2025-03-05T14:00:00Z'))).toEqual([]);
  });
});
