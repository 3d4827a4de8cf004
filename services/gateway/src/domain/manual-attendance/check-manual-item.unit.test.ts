import type { ManualAttendanceItem } from '@rollcall/contracts';
import { describe, expect, it } from 'vitest';
import { checkManualItem } from './check-manual-item.js';

const berlin = { timezone: 'Europe/Berlin', day_cutoff: '04:00' };
const now = new Date('2025-11-03T12:00:00Z');

function problems(given: Partial<ManualAttendanceItem>, at = now, leftAt: Date | null = null): string[] {
  const item = { user_id: 'someone', work_date: '2025-03-03', reason: 'Camera was off', ...given };
  return checkManualItem(item, { now: at, leftAt, dayRules: berlin }).map(({ path, code }) => `${path} ${code}`.trim());
}

describe('an entry by hand', () => {
  it.each([
    ['a whole day', { check_in_at: '2025-03-03T09:00:00+01:00', check_out_at: '2025-03-03T17:00:00+01:00' }],
    ['only a check-out', { check_out_at: '2025-03-03T17:00:00+01:00' }],
    ['only a status', { status: 'on_leave' as const }],
    ['a status with null times', { status: 'absent' as const, check_in_at: null, check_out_at: null }],
    ['a night shift', { check_in_at: '2025-03-03T22:00:00+01:00', check_out_at: '2025-03-04T06:05:00+01:00' }],
    ['bakers who begin before the cut-off', { check_in_at: '2025-03-03T02:55:00+01:00' }],
    ['coming just before midnight for a shift just after it', { check_in_at: '2025-03-02T23:50:00+01:00' }],
    [
      'a night in which the clocks go forward',
      {
        work_date: '2025-03-29',
        check_in_at: '2025-03-29T22:00:00+01:00',
        check_out_at: '2025-03-30T06:00:00+02:00',
      },
    ],
    [
      'the hour that comes twice: the second is after the first',
      {
        work_date: '2025-10-25',
        check_in_at: '2025-10-26T02:30:00+02:00',
        check_out_at: '2025-10-26T02:30:00+01:00',
      },
    ],
  ])('may be %s', (_name, item) => {
    expect(problems(item)).toEqual([]);
  });

  it.each([
    ['nothing is stated', {}, ['NOTHING_STATED']],
    ['all is null', { check_in_at: null, status: null }, ['NOTHING_STATED']],
    [
      'it ends when it begins',
      { check_in_at: '2025-03-03T09:00:00Z', check_out_at: '2025-03-03T10:00:00+01:00' },
      ['/check_out_at NOT_AFTER_CHECK_IN'],
    ],
    [
      'it ends before it begins, by the offset',
      { check_in_at: '2025-03-03T09:00:00-01:00', check_out_at: '2025-03-03T09:30:00Z' },
      ['/check_out_at NOT_AFTER_CHECK_IN'],
    ],
    [
      'it is longer than a day',
      { check_in_at: '2025-03-03T04:00:00+01:00', check_out_at: '2025-03-04T04:00:01+01:00' },
      ['/check_out_at TOO_LONG'],
    ],
    ['it is of the day before', { check_in_at: '2025-03-02T09:00:00+01:00' }, ['/check_in_at OUTSIDE_WORK_DATE']],
    ['it is of the day after', { check_in_at: '2025-03-04T04:00:00+01:00' }, ['/check_in_at OUTSIDE_WORK_DATE']],
    [
      'it ends in the afternoon after',
      { check_out_at: '2025-03-04T15:00:00+01:00' },
      ['/check_out_at OUTSIDE_WORK_DATE'],
    ],
    ['the month was mistaken', { check_out_at: '2025-04-03T17:00:00+02:00' }, ['/check_out_at OUTSIDE_WORK_DATE']],
    ['the work date is tomorrow', { work_date: '2025-11-04', status: 'on_leave' as const }, ['/work_date IN_FUTURE']],
    [
      'the time is yet to come',
      { work_date: '2025-11-03', check_out_at: '2025-11-03T13:00:01+01:00' },
      ['/check_out_at IN_FUTURE'],
    ],
    ['it is of the last century', { work_date: '1999-03-03', status: 'absent' as const }, ['/work_date TOO_LONG_AGO']],
    [
      'somebody absent came',
      { status: 'absent' as const, check_in_at: '2025-03-03T09:00:00+01:00' },
      ['/status CONTRADICTS_TIMES'],
    ],
  ])('is refused when %s', (_name, item, expected) => {
    expect(problems(item)).toEqual(expected);
  });

  it('of somebody who was removed is of a day up to that one, in the time of the organization', () => {
    const item = { work_date: '2025-03-03', check_out_at: '2025-03-03T17:00:00+01:00' };
    for (const leftAt of ['2025-03-10T08:00:00Z', '2025-03-03T09:00:00Z', '2025-03-02T23:00:00Z']) {
      expect(problems(item, now, new Date(leftAt)), leftAt).toEqual([]);
    }
    expect(problems(item, now, new Date('2025-03-02T22:59:59Z'))).toEqual(['/work_date AFTER_REMOVAL']);
  });

  it('is of today once the date has begun in the organization, wherever the server stands', () => {
    const item = { work_date: '2025-11-04', status: 'absent' as const };
    expect(problems(item, new Date('2025-11-03T22:59:59Z'))).toEqual(['/work_date IN_FUTURE']);
    expect(problems(item, new Date('2025-11-03T23:00:00Z'))).toEqual([]);
  });
});
